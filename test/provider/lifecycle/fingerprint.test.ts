import { bearer, fromEnvironment } from "../../../provider";
import {
  createFingerprintKey,
  headerFingerprints,
  registrationFingerprint,
} from "../../../provider/lifecycle/fingerprint";
import { unknownValue } from "../../../provider/pulumi-values";
import { resolveHeaders } from "../../../provider/secrets/resolve";

const registration = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { "X-A": "1", "X-B": "2" },
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 } as const,
};

function fingerprintsOf(headers: Record<string, string>, key: string) {
  return headerFingerprints(headers, resolveHeaders(headers, {}), key);
}

describe("fingerprint", () => {
  it("changes only for the header whose value changed", () => {
    const before = fingerprintsOf({ "X-A": "1", "X-B": "2" }, "key");
    const after = fingerprintsOf({ "X-A": "1", "X-B": "3" }, "key");
    expect(after["X-A"]).toBe(before["X-A"]);
    expect(after["X-B"]).not.toBe(before["X-B"]);
    expect(after["X-B"]).toMatch(/^[0-9a-f]{12}$/);
  });

  it("differs between resources and between headers", () => {
    expect(fingerprintsOf({ "X-A": "1" }, "key")).not.toEqual(
      fingerprintsOf({ "X-A": "1" }, "other key"),
    );
    const { "X-A": a, "X-B": b } = fingerprintsOf({ "X-A": "1", "X-B": "1" }, "key");
    expect(a).not.toBe(b);
  });

  it("does not hash unknown values", () => {
    expect(fingerprintsOf({ "X-A": unknownValue, "X-B": "2" }, "key")["X-A"]).toBe(unknownValue);
    expect(fingerprintsOf(unknownValue as never, "key")).toBe(unknownValue);
  });

  it("keeps that of a secret that is not resolved, unless the secret is another one", () => {
    const headers = { constructor: "1", "X-A": fromEnvironment("A"), "X-B": fromEnvironment("B") };
    const set = resolveHeaders(headers, { A: "1", B: "2" });
    const before = { headers, headerFingerprints: headerFingerprints(headers, set, "key") };
    const unset = resolveHeaders(headers, {});
    expect(headerFingerprints(headers, unset, "key", before)).toEqual(before.headerFingerprints);
    const changed = {
      ...headers,
      "X-B": bearer(fromEnvironment("B")),
      constructor: fromEnvironment("C"),
    };
    expect(headerFingerprints(changed, resolveHeaders(changed, {}), "key", before)).toEqual({
      "X-A": before.headerFingerprints["X-A"],
      "X-B": "unresolved: B",
      constructor: "unresolved: C",
    });
  });

  it("does not depend on the order of headers", () => {
    const shuffled = { ...registration, headers: { "X-B": "2", "X-A": "1" } };
    expect(registrationFingerprint("emea", shuffled, "key")).toBe(
      registrationFingerprint("emea", registration, "key"),
    );
  });

  it.each([
    ["the region", "nam", registration],
    ["the name", "emea", { ...registration, provider: "crm" }],
    ["the endpoint", "emea", { ...registration, endpoint: "https://crm.example.com/v2" }],
    ["a header", "emea", { ...registration, headers: { "X-A": "1", "X-B": "3" } }],
    [
      "a permission",
      "emea",
      {
        ...registration,
        agentactionspermitted: { ...registration.agentactionspermitted, hold: 1 } as const,
      },
    ],
  ])("changes with %s", (_what, region, other) => {
    expect(registrationFingerprint(region, other, "key")).not.toBe(
      registrationFingerprint("emea", registration, "key"),
    );
  });

  it("creates a new key of 128 bits each time", () => {
    expect(createFingerprintKey()).not.toBe(createFingerprintKey());
    expect(Buffer.from(createFingerprintKey(), "base64url")).toHaveLength(16);
  });
});
