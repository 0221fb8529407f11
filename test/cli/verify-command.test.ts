import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { confirm } from "../../cli/output";
import type { VerifyReport } from "../../cli/verify/schema";
import { type VerifyLimits, verifyCommand } from "../../cli/verify-command";
import { headerFingerprints } from "../../provider/lifecycle/fingerprint";
import { createReceiver } from "../../receiver";
import { formsOf } from "../end-to-end/secrets";
import { withoutProxyVariables } from "../provider/vcc/environment";
import { parseJunit } from "../report-formats";
import { temporaryDirectory } from "../temporary-directory";
import { type Ended, runCommand } from "./run-command";
import { recording, tlsServers } from "./verify/endpoints";
import { type FakeStack, fakeStack, secret, urnOf } from "./verify/stack";

jest.mock("../../cli/output", () => ({
  ...jest.requireActual("../../cli/output"),
  confirm: jest.fn(),
}));

const schema = JSON.parse(
  readFileSync(join(__dirname, "../../schemas/verify-report-1.schema.json"), "utf8"),
);
const validate = addFormats(new Ajv2020({ allowUnionTypes: true })).compile<VerifyReport>(
  // The published schema allows additional fields; this version must write none.
  JSON.parse(JSON.stringify(schema), (_key, value) =>
    value?.required === undefined ? value : { ...value, additionalProperties: false },
  ),
);

const [former, next] = ["canary-former", "canary-next"];
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe("pulumi-vcc verify", () => {
  withoutProxyVariables();
  const servers = tlsServers();
  const directory = temporaryDirectory();
  const before = process.cwd();
  beforeEach(() => {
    process.chdir(directory.path);
    writeFileSync("Pulumi.yaml", "name: project\nruntime: nodejs\n");
  });
  afterEach(() => process.chdir(before));

  const limits: VerifyLimits = {
    ...{ timeoutMs: 2000, slowMs: 1000, expiringDays: 14, waitMs: 1000, pollMs: 10 },
  };
  /** Runs the command in all formats, none of which contains a secret. */
  async function verify(stack: FakeStack, ...args: string[]) {
    const { connect, calls } = fakeStack(stack);
    mkdirSync("reports", { recursive: true });
    const files = ["json", "junit", "markdown"].map((format) => join("reports", format));
    const github = ["summary", "output"].map((name) => join("reports", name));
    for (const file of github) writeFileSync(file, "");
    const outputs = ["json", "junit", "markdown"].flatMap((format) => [
      ...["-f", format, "-o", join("reports", format)],
    ]);
    const ended: Ended = await runCommand(
      verifyCommand(connect, limits),
      [...args, "-f", "text", ...outputs],
      {
        environment: {
          VCC_REGION: "emea",
          VCC_CA_FILE: servers.caFile,
          CALLBACK_TOKEN: next,
          BROKEN: `${next}\n`,
          GITHUB_ACTIONS: "true",
          GITHUB_STEP_SUMMARY: join("reports", "summary"),
          GITHUB_OUTPUT: join("reports", "output"),
        },
      },
    );
    const read = (file: string) => {
      try {
        return readFileSync(file, "utf8");
      } catch {
        return "";
      }
    };
    const texts = [ended.stdout, ended.stderr, ...[...files, ...github].map(read)];
    for (const form of [former, next].flatMap(formsOf)) {
      expect(texts.join("\n").includes(form)).toBe(false);
    }
    const json = read("reports/json");
    const report = json === "" ? undefined : JSON.parse(json);
    if (report !== undefined) expect([validate(report), validate.errors]).toEqual([true, null]);
    return {
      ...ended,
      calls,
      report: report as VerifyReport,
      registrations:
        (report as VerifyReport | undefined)?.stacks.flatMap((one) => one.registrations) ?? [],
      junit: read("reports/junit"),
      markdown: read("reports/markdown"),
      summary: read("reports/summary"),
    };
  }

  const registration = (endpoint: string, token = former, more = {}) => ({
    ...{ provider: "Crm", region: "emea", endpoint, headers: bearer(token) },
    ...more,
  });
  const startReceiver = async (...tokens: string[]) => {
    const sets = Object.fromEntries(tokens.map((token, index) => [`set ${index}`, bearer(token)]));
    const receiver = createReceiver({ headers: sets, onNotification() {} });
    return servers.listen(receiver.node);
  };
  const everything = ["--yes", "--probe-rejection"];

  it("reports in every format what works and what does not", async () => {
    const { listener } = recording();
    const registered = {
      good: registration(await startReceiver(former)),
      open: registration(await servers.listen(listener), former, { provider: "Open|" }),
      silent: { provider: "Silent", region: "emea" },
    };
    const ran = await verify({ registered }, ...everything);
    const { code, stdout, stderr, report, registrations, junit, markdown, summary } = ran;
    expect(code).toBe(2);
    expect(report).toMatchObject({
      source: "registered",
      probesRejection: true,
      outcome: "fails",
      count: 1,
      stacks: [{ organization: "acme", project: "project", stack: "dev", error: null, count: 1 }],
    });
    expect(registrations.map(({ provider, result }) => [provider, result])).toEqual([
      ["Open|", "fails"],
      ["Crm", "works"],
      ["Silent", "no endpoint"],
    ]);
    expect(registrations[1]).toMatchObject({
      urn: urnOf("good"),
      host: expect.stringMatching(/^localhost:\d+$/),
      requests: [{ status: 200 }, { status: 401 }, { status: 401 }, { status: 200 }],
      certificateExpiresAt: expect.stringMatching(/Z$/),
    });
    expect(stdout).toContain("acme/project/dev: 1 of 2 registrations does not work");
    expect(stdout).toMatch(/^NAME +HOST +RESULT/m);
    expect(stdout).toMatch(
      /^"Crm" +localhost:\d+ +works +200, 401, 401, 200 +0\.\d s +\d\d d +warning/m,
    );
    expect(markdown).toContain("### ❌ VCC: 1 of 2 registrations does not work");
    expect(markdown).toContain("Open&#124;");
    expect(summary).toBe(markdown);
    expect(await parseJunit(junit)).toEqual([
      { name: '"Open|" (open)', failure: "accepts unauthenticated", error: undefined },
      { name: '"Crm" (good)', failure: undefined, error: undefined },
      { name: '"Silent" (silent)', failure: undefined, error: undefined },
    ]);
    const annotations = stderr.split("\n").filter((line) => line.startsWith("::error"));
    expect(annotations).toEqual([
      expect.stringMatching(/^::error title=VCC verify%3A fails::"Open\|": it accepts a request/),
    ]);
  });

  it("says what it sends before it sends it, and sends nothing without --yes and a terminal", async () => {
    const { requests, listener } = recording();
    const registered = { crm: registration(await servers.listen(listener)) };
    const refused = await verify({ registered });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("add --yes") });
    expect(requests).toEqual([]);
    const { code, stderr } = await verify({ registered }, "--yes");
    expect(code).toBe(0);
    expect(requests).toHaveLength(2);
    expect(stderr).toMatch(
      /at most 2 requests for each of these registrations:\n {2}localhost:\d+, registered as "Crm"/,
    );
    expect((await verify({ registered }, ...everything)).stderr).toContain(
      "at most 4 requests for each",
    );
  });

  it("asks on a terminal, and sends nothing without consent", async () => {
    const { requests, listener } = recording();
    const registered = { crm: registration(await servers.listen(listener)) };
    const terminal = Object.getOwnPropertyDescriptor(process.stdin, "isTTY");
    Object.defineProperty(process.stdin, "isTTY", { value: true, configurable: true });
    try {
      for (const [answer, code, sent] of [
        [false, 1, 0],
        [true, 0, 2],
      ] as const) {
        jest.mocked(confirm).mockResolvedValueOnce(answer);
        expect(await verify({ registered })).toMatchObject({ code });
        expect(requests).toHaveLength(sent);
      }
    } finally {
      if (terminal === undefined) Reflect.deleteProperty(process.stdin, "isTTY");
      else Object.defineProperty(process.stdin, "isTTY", terminal);
    }
  });

  describe("before a rotation", () => {
    it("stops the one whose receiver does not know the new secret yet", async () => {
      const url = await startReceiver(former);
      const stack = {
        registered: { crm: registration(url) },
        declared: { crm: registration(url, next) },
      };
      expect(await verify(stack, "--yes")).toMatchObject({ code: 0 });
      const { code, registrations, calls } = await verify(stack, "--yes", "--declared");
      expect(code).toBe(2);
      expect(registrations).toMatchObject([
        {
          findings: [
            {
              id: "refused",
              message:
                "it refuses the declared headers (401); let the receiver accept them before pulumi up",
            },
            ...Array(3).fill({ severity: "warning" }),
          ],
        },
      ]);
      expect(calls.some(([command]) => command === "up")).toBe(false);
    });

    it("passes the one whose receiver accepts both", async () => {
      const url = await startReceiver(former, next);
      const stack = {
        registered: { crm: registration(url) },
        declared: { crm: registration(url, next, { witness: true }) },
      };
      expect(await verify(stack, ...everything, "--declared")).toMatchObject({ code: 0 });
      expect(await verify(stack, ...everything)).toMatchObject({ code: 0 });
    });
  });

  it("resolves references from its own environment, and withholds their headers as secrets", async () => {
    const { requests, listener } = recording(({ headers }) =>
      headers["x-custom"] === `key=${next}` ? true : 401,
    );
    const headers = {
      "X-Custom": { source: "environment", name: "CALLBACK_TOKEN", prefix: "key=" },
      "X-Tenant": "acme",
    };
    const registered = {
      crm: registration(await servers.listen(listener), former, { headers }),
    };
    expect(await verify({ registered }, ...everything)).toMatchObject({ code: 0 });
    expect(requests.map(({ headers }) => headers["x-tenant"])).toEqual(Array(4).fill("acme"));
  });

  it("sends no reference whose variable differs from the value that was registered", async () => {
    const { requests, listener } = recording();
    const headers = { Authorization: { source: "environment", name: "CALLBACK_TOKEN" } };
    const state = (token: string, url: string) =>
      registration(url, former, {
        headers,
        fingerprintKey: secret("key"),
        headerFingerprints: headerFingerprints({ Authorization: token }, "key"),
      });
    const url = await servers.listen(listener);
    const { code, registrations } = await verify({ registered: { crm: state(former, url) } }, "-y");
    expect([code, registrations]).toMatchObject([
      1,
      [
        {
          result: "not checked",
          reason:
            "the environment variable CALLBACK_TOKEN differs from the value that was registered; run pulumi up, or use --declared",
        },
      ],
    ]);
    expect(requests).toEqual([]);
    const same = { crm: state(next, url) };
    expect(await verify({ registered: same }, "-y")).toMatchObject({ code: 0 });
    const declared = { crm: state(former, url) };
    expect(await verify({ declared }, "-y", "--declared")).toMatchObject({ code: 0 });
  });

  it("checks only what the arguments name, by name or by resource", async () => {
    const [first, second, third] = [recording(), recording(), recording()];
    const registered = {
      one: registration(await servers.listen(first.listener), former, { provider: "First" }),
      two: registration(await servers.listen(second.listener), former, { provider: "Second" }),
      three: registration(await servers.listen(third.listener), former, {
        provider: "Third",
        account: "acme",
      }),
    };
    const configuration = { "vcc:accounts": '{"acme":{"region":"nam"}}' };
    const counts = () => [first, second, third].map(({ requests }) => requests.splice(0).length);
    await verify({ registered, configuration }, "--yes", "First", "two");
    expect(counts()).toEqual([2, 2, 0]);
    const { stdout } = await verify({ registered, configuration }, "--yes", "--account", "acme");
    expect(stdout).toMatch(/^NAME +ACCOUNT +HOST .*\n"Third" +acme +localhost/m);
    expect(counts()).toEqual([0, 0, 2]);
    expect(await verify({ registered }, "--yes", "Frist")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no registration "Frist"; did you mean "First"?'),
    });
    const filtered = (...args: string[]) =>
      verify({ registered, configuration }, "--yes", ...args).then(({ stderr }) => stderr);
    expect(await filtered("--account", "acmee")).toContain(
      'no registration is of the account "acmee"; did you mean "acme"?',
    );
    expect(await filtered("--account", "acme", "First")).toContain('no registration "First"');
    expect(counts()).toEqual([0, 0, 0]);
    const { code, registrations } = await verify({ registered }, "--yes", "Third");
    expect([code, registrations]).toMatchObject([
      1,
      [{ result: "not checked", reason: expect.stringContaining('no account "acme"') }],
    ]);
  });

  it("sends the fingerprint of a registration with a witness, and no other one for what is only declared", async () => {
    const { requests, listener } = recording();
    const crm = registration(await servers.listen(listener), former, { witness: true });
    const registered = { crm: { ...crm, registrationFingerprint: "0123456789ab" } };
    await verify({ registered }, "--yes");
    await verify({ declared: { crm } }, "--yes", "--declared");
    await verify({ registered: { crm: { ...crm, witness: false } } }, "--yes");
    expect(requests.map(({ headers }) => headers["x-vcc-registration"])).toEqual([
      ...["0123456789ab", "0123456789ab", "000000000000", "000000000000", undefined, undefined],
    ]);
  });

  it("sends the requests of an endpoint once for all registrations that share its headers", async () => {
    const { requests, listener } = recording();
    const url = await servers.listen(listener);
    const registered = {
      one: registration(url, former, { provider: "One" }),
      two: registration(url, former, { provider: "Two" }),
      three: registration(url, next, { provider: "Three" }),
    };
    const { registrations } = await verify({ registered }, "--yes");
    expect(registrations.map(({ result }) => result)).toEqual(["works", "works", "works"]);
    expect(requests).toHaveLength(4);
  });

  it("checks registrations that share a URL one after the other", async () => {
    const senders: unknown[] = [];
    const url = await servers.listen((request, response) => {
      senders.push(request.headers.authorization);
      setTimeout(() => response.end(), 10);
    });
    const registered = {
      one: registration(url, former, { provider: "One" }),
      two: registration(url, next, { provider: "Two" }),
    };
    await verify({ registered }, "--yes");
    expect(senders).toEqual([...Array(2).fill(senders[0]), ...Array(2).fill(senders[2])]);
  });

  it("lists no host to which it sends nothing, and escapes control characters", async () => {
    const registered = {
      plain: registration("http://crm.example/vcc", former, { account: "a\u001b[31m" }),
      crm: registration(await servers.listen(recording().listener)),
    };
    const { stderr, stdout } = await verify({ registered }, "--yes");
    expect(stderr).not.toContain("crm.example");
    expect(stdout).not.toContain("\u001b");
  });

  it("checks four endpoints at once", async () => {
    let open = 0;
    let most = 0;
    const registered: Record<string, Record<string, unknown>> = {};
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) {
      const url = await servers.listen((_request, response) => {
        open += 1;
        most = Math.max(most, open);
        setTimeout(() => {
          open -= 1;
          response.end();
        }, 30);
      });
      registered[name] = registration(url, former, { provider: name });
    }
    expect(await verify({ registered }, "--yes")).toMatchObject({ code: 0 });
    expect(most).toBe(4);
  });

  it("does not show an endpoint that is a secret", async () => {
    const { connect } = fakeStack({
      registered: {
        crm: registration("", former, {
          endpoint: secret(await startReceiver(former)),
        }),
      },
    });
    const { code, stdout, stderr } = await runCommand(
      verifyCommand(connect, limits),
      ["--yes", "-f", "json"],
      { environment: { VCC_CA_FILE: servers.caFile } },
    );
    expect(JSON.parse(stdout).stacks[0].registrations[0]).toMatchObject({
      host: null,
      result: "works",
      addresses: [],
    });
    expect([code, (stdout + stderr).includes("localhost")]).toEqual([0, false]);
    expect(stderr).toContain("a secret endpoint, registered as");
  });

  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  it.each([
    ["an endpoint that is not known yet", { endpoint: unknown }, "not known before pulumi up"],
    ["headers that are not known yet", { headers: unknown }, "not known before pulumi up"],
    ["an invalid endpoint", { endpoint: "canary-former" }, "is not a URL"],
    [
      "a header that is not a text",
      { headers: { A: [former] } },
      "the value of its header A cannot",
    ],
    [
      "a header whose variable is missing",
      { headers: { A: { source: "environment", name: "NOWHERE" } } },
      "its header A needs the environment variable NOWHERE; set it",
    ],
    [
      "a header whose variable has a line break",
      { headers: { A: { source: "environment", name: "BROKEN" } } },
      "the value of its header A cannot be sent",
    ],
  ])("says why it cannot check %s", async (_case, more, reason) => {
    const declared = { crm: registration("https://localhost/vcc", former, more) };
    const { code, registrations, junit, stdout } = await verify(
      { declared },
      "--yes",
      "--declared",
    );
    expect(code).toBe(1);
    expect(registrations).toMatchObject([
      { result: "not checked", reason: expect.stringContaining(reason), requests: [] },
    ]);
    expect(await parseJunit(junit)).toMatchObject([{ error: expect.stringContaining(reason) }]);
    expect(stdout).toContain("1 of 1 registration not checked");
  });

  it("fails if an endpoint does not work, even if another one cannot be checked", async () => {
    const declared = {
      later: registration(unknown, former, { provider: "Later" }),
      closed: registration("https://localhost:1/vcc"),
    };
    expect(await verify({ declared }, "--yes", "--declared")).toMatchObject({
      code: 2,
      report: { outcome: "fails" },
      stdout: expect.stringContaining(
        "1 of 2 registrations does not work, 1 of 2 registrations not checked",
      ),
    });
  });

  it("reports a stack that it cannot read, and a CLI that is too old", async () => {
    const failed = await verify({ error: "no stack named 'dev' found" }, "--yes");
    expect(failed).toMatchObject({ code: 1, report: { outcome: "check failed" } });
    expect(failed.stderr).toMatch(/^error: no stack named 'dev' found; `pulumi stack ls` lists/m);
    expect(await parseJunit(failed.junit)).toMatchObject([{ name: "check failed" }]);
    const old = await verify({ version: "3.80.0" }, "--yes", "--declared");
    expect(old).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is version 3.80.0; install 3.90 or newer"),
    });
  });

  it("succeeds if there is nothing to check", async () => {
    const { code, stdout } = await verify({}, "--yes");
    expect([code, stdout]).toEqual([0, "acme/project/dev: no registrations with an endpoint\n"]);
  });

  it.each([
    ["--invoke r --release pulumi-vcc-verify-1", "--invoke and --release exclude each other"],
    ["--invoke r --declared", "--invoke and --declared exclude each other"],
    ["--release pulumi-vcc-verify-1 --probe-rejection", "--release and --probe-rejection"],
    ["--release case-1", "whose externalid begins with pulumi-vcc-verify-"],
    ["--all --stack a", "--stack and --all exclude each other"],
    ["-f json -f text", "cannot share standard output"],
  ])("refuses %s", async (args, message) => {
    const { connect, calls } = fakeStack({});
    const ended = await runCommand(verifyCommand(connect, limits), ["--yes", ...args.split(" ")]);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect(calls).toEqual([]);
  });
});
