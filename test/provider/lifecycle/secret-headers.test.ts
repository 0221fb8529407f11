import { bearer, fromEnvironment } from "../../../provider";
import { comparableHeaders, findUncompared } from "../../../provider/lifecycle/secret-headers";
import { resolveHeaders } from "../../../provider/secrets/resolve";

const [a, b] = [fromEnvironment("A"), fromEnvironment("B")];

describe("findUncompared", () => {
  const before = {
    headers: { "X-A": a, "X-B": b, "X-C": "c" },
    headerFingerprints: { "X-A": "fingerprint of A", "X-B": "fingerprint of B", "X-C": "of C" },
  };

  function find(headers: object, environment: Record<string, string>, ignored: string[] = []) {
    const declared = headers as typeof before.headers;
    const resolved = resolveHeaders(declared, environment);
    return findUncompared(declared, resolved, before, (header) => ignored.includes(header));
  }

  it("keeps the fingerprint of the same secret that is not resolved", () => {
    expect(find(before.headers, { B: "2" })).toEqual({
      kept: { "X-A": "fingerprint of A" },
      uncompared: { "X-A": "A" },
      missing: {},
    });
  });

  it.each<[string, object]>([
    ["another variable", { "X-A": b }],
    ["other text around it", { "X-A": bearer(a) }],
    ["a new header", { "X-New": a }],
    ["a header that was a string", { "X-C": a }],
    ["a name that objects inherit", { constructor: a }],
  ])("misses a secret without a fingerprint of its own: %s", (_case, headers) => {
    const [[header, { name }] = ["", a]] = Object.entries(headers);
    expect(find(headers, {})).toEqual({ kept: {}, uncompared: {}, missing: { [header]: name } });
  });

  it("keeps the fingerprint of an ignored secret, resolved or not", () => {
    const kept = { "X-A": "fingerprint of A", "X-B": "fingerprint of B" };
    expect(find(before.headers, { A: "1" }, ["X-A", "X-B", "X-C"])).toEqual({
      kept,
      uncompared: {},
      missing: {},
    });
    expect(find({ "X-A": b }, { B: "2" }, ["X-A"]).kept).toEqual({});
  });
});

describe("comparableHeaders", () => {
  const compare = (olds: object, news: object) => [
    comparableHeaders(olds, news),
    comparableHeaders(news, olds),
  ];

  it.each([
    ["secrets", { "X-A": a }, { "X-A": b }],
    ["a string that becomes a secret", { "X-A": "a" }, { "X-A": a }],
    ["a secret that becomes a string", { "X-A": a }, { "X-A": "a" }],
  ])("compares fingerprints of %s", (_case, olds, news) => {
    const same = { headerFingerprints: { "X-A": "1" } };
    const [old, now] = compare({ headers: olds, ...same }, { headers: news, ...same });
    expect(old).toEqual(now);
    const other = { headerFingerprints: { "X-A": "2" } };
    const [before, after] = compare({ headers: olds, ...same }, { headers: news, ...other });
    expect(before).not.toEqual(after);
  });

  it("compares strings as they are, and headers that are missing", () => {
    const fingerprints = { headerFingerprints: { "X-A": "1" } };
    const [old, now] = compare(
      { headers: { "X-A": "a" }, ...fingerprints },
      { headers: { "X-A": "b" }, ...fingerprints },
    );
    expect(old).not.toEqual(now);
    expect(compare({}, { headers: {} })).toEqual([undefined, {}]);
  });
});
