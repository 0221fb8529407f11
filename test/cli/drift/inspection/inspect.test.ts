import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { inspect } from "../../../../cli/drift/inspection/inspect";
import { createPulumi } from "../../../../cli/pulumi/pulumi";
import type { Deployment } from "../../../../cli/pulumi/state";
import { temporaryDirectory } from "../../../temporary-directory";
import { type FakeOutput, installFakePulumi, preview, state, urn } from "../../fake-pulumi";

const stackResource = {
  urn: "urn:pulumi:dev::project::pulumi:pulumi:Stack::project-dev",
  type: "pulumi:pulumi:Stack",
};
const bucket = { urn: "urn:pulumi:dev::project::aws:s3:Bucket::bucket", type: "aws:s3:Bucket" };

/** Cases that the real CLI cannot be made to produce; the end-to-end tests cover the others. */
describe("inspect", () => {
  const pulumi = createPulumi();
  const directory = temporaryDirectory();
  const { PATH } = process.env;
  beforeEach(() => {
    writeFileSync(join(directory.path, "Pulumi.yaml"), "");
    process.env.PATH = [directory.path, dirname(process.execPath)].join(delimiter);
  });
  afterEach(() => {
    process.env.PATH = PATH;
  });

  const install = (output?: FakeOutput) => installFakePulumi(directory.path, output);
  const calls = (): Array<{ args: string[]; streaming: string }> =>
    readFileSync(join(directory.path, "calls"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const inspectStack = (options = {}, target = {}) =>
    inspect({ directory: directory.path, ...target }, { pulumi, ...options });

  it("runs pulumi without prompts, streaming or colors", async () => {
    install();
    expect((await inspectStack()).registrations).toHaveLength(1);
    expect(calls()).toHaveLength(3);
    for (const { args, streaming } of calls()) {
      expect(args).toEqual(expect.arrayContaining(["--non-interactive", "--color", "never"]));
      expect(streaming).toBe("false");
    }
  });

  it.each([
    [undefined, undefined],
    [true, "--refresh=true"],
    [false, "--refresh=false"],
  ])("passes the refresh option: %s", async (refresh, option) => {
    install();
    await inspectStack({ refresh }, { stack: "dev" });
    const { args = [] } = calls().find(({ args }) => args[0] === "preview") ?? {};
    expect(args.find((arg) => arg.startsWith("--refresh"))).toBe(option);
    expect(args.includes("--run-program")).toBe(refresh === true);
    for (const { args } of calls()) {
      expect(args.join(" ")).toContain(
        args[0] === "preview" ? "--stack acme/project/dev" : "--stack dev",
      );
    }
  });

  it("refreshes first if a registration has a witness, unless --no-refresh is set", async () => {
    const resources = [{ ...state, inputs: { ...state.inputs, witness: true } }];
    install({ export: JSON.stringify({ deployment: { resources } }) });
    await inspectStack();
    await inspectStack({ refresh: false });
    const previews = calls().filter(({ args }) => args[0] === "preview");
    expect(previews.map(({ args }) => args.filter((arg) => /refresh/.test(arg)))).toEqual([
      ["--refresh=true"],
      ["--refresh=false"],
    ]);
  });

  it.each([
    [
      "a state that cannot be exported",
      { code: 'if (command === "stack") { console.error("error: no access"); process.exit(1); }' },
      "no access",
    ],
    [
      "a preview that is killed",
      { code: 'if (command === "preview") process.kill(process.pid, "SIGKILL");' },
      "pulumi failed without an error message",
    ],
    ["a preview that is not JSON", { preview: "{ half" }, "no valid preview or state"],
    ["a state that is not JSON", { export: "warning: {}" }, "no valid preview or state"],
    [
      "an error that the program reports, though the preview succeeds",
      {
        preview: JSON.stringify({
          ...preview,
          diagnostics: [{ severity: "error", message: "error: not today" }],
        }),
      },
      "not today",
    ],
  ])("fails on %s", async (_case, output, reason) => {
    install(output);
    expect((await inspectStack()).error).toContain(reason);
    expect(existsSync(join(directory.path, "calls"))).toBe(true);
  });

  it.each<[string, Deployment | null, string]>([
    ["a stack that was never deployed", {}, "create"],
    ["a stack that was never deployed, in another backend", null, "create"],
    ["an empty stack", { resources: [stackResource] }, "same"],
    ["a stack with other resources", { resources: [stackResource, bucket] }, "same"],
  ])("finds nothing in %s", async (_case, deployment, op) => {
    const { resources = [stackResource] } = deployment ?? {};
    const steps = resources.map((resource) => ({ op, urn: resource.urn, newState: resource }));
    install({ preview: JSON.stringify({ steps }), export: JSON.stringify({ deployment }) });
    expect(await inspectStack()).toEqual({
      directory: directory.path,
      organization: "acme",
      project: "project",
      stack: "dev",
      registrations: [],
      canRunProgram: true,
    });
  });

  it("asks witnesses with the configuration of the last up, if the CLI cannot run the program", async () => {
    install({ version: "3.168.0" });
    expect(await inspectStack({ refresh: true })).toMatchObject({ canRunProgram: false });
    const { args = [] } = calls().find(({ args }) => args[0] === "preview") ?? {};
    expect(args).toContain("--refresh=true");
    expect(args).not.toContain("--run-program");
  });

  it("reads a large preview", async () => {
    const steps = Array.from({ length: 3000 }, (_, n) => ({
      op: "same",
      urn: `${urn}${n}`,
      newState: { ...state, urn: `${urn}${n}`, inputs: { provider: "x".repeat(1000) } },
    }));
    writeFileSync(join(directory.path, "preview.json"), JSON.stringify({ steps }));
    install({
      code: `if (command === "preview") { process.stdout.write(fs.readFileSync(${JSON.stringify(join(directory.path, "preview.json"))})); return; }`,
    });
    expect((await inspectStack()).registrations).toHaveLength(3000);
  });
});
