import { toInspectionError } from "../../../cli/pulumi/pulumi-error";

describe("error of the CLI", () => {
  const diagnostics = (...messages: string[]) =>
    JSON.stringify({
      diagnostics: [
        { severity: "info#err", message: "only logged" },
        ...messages.map((message) => ({ severity: "error", message })),
      ],
    });

  it.each([
    [
      "an exception of the program",
      diagnostics(
        "error: Running program 'index.ts' failed with an unhandled exception:\nError: broken\n    at x:1:2\n",
      ),
      "Running program 'index.ts' failed with an unhandled exception: Error: broken; run `pulumi preview` for the full output",
    ],
    [
      "several problems, without duplicates",
      diagnostics("error: a has a problem\n", "error: b has one\n", "error: b has one\n"),
      "a has a problem; b has one; run `pulumi preview` for the full output",
    ],
    [
      "a language host that has ended, whose message says why",
      JSON.stringify({
        diagnostics: [
          { severity: "info#err", message: "Debugger attached.\n" },
          { severity: "info#err", message: "error: the Pulumi SDK has not been installed.\n" },
          { severity: "error", message: "error: error reading from server: EOF\n" },
        ],
      }),
      "the Pulumi SDK has not been installed.; run `npm install` in the directory of Pulumi.yaml",
    ],
    [
      "a language host that has ended without a message",
      diagnostics("error: error reading from server: EOF"),
      "error reading from server: EOF; run `pulumi preview`",
    ],
    ["colors", diagnostics("\u001b[31merror: \u001b[0mred\u0007"), "red ; run `pulumi preview`"],
  ])("is one line for %s", (_case, stdout, expected) => {
    expect(toInspectionError({ failed: true, stdout, stderr: "" }).message).toContain(expected);
  });

  it.each([
    [
      "warning: old\nerror: no stack named 'x' found",
      "no stack named 'x' found; `pulumi stack ls` lists",
    ],
    ["error: get stack secrets manager: incorrect passphrase", "set PULUMI_CONFIG_PASSPHRASE"],
    [
      "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or …",
      "with PULUMI_CONFIG_PASSPHRASE or …; use the one that the stack was created with; stacks with different ones need separate runs",
    ],
    [
      "error: PULUMI_ACCESS_TOKEN must be set for login during …",
      "during …; run `pulumi login`, or",
    ],
    ["error: no Pulumi.yaml project file found", "run this in the directory of Pulumi.yaml"],
    [
      "error: x has a problem: vcc:region (or VCC_REGION) is required: set it to one of emea",
      "run `pulumi config set vcc:region <region>`, or set VCC_REGION",
    ],
    [
      "error: Node.js 22.19.0 or newer is required, and this is 20.18.0 (/usr/bin/node)",
      "(/usr/bin/node); put Node.js 22.19.0 or newer first on the PATH",
    ],
    [
      'error: Running program failed:\nTypeError: Unknown file extension ".ts" for index.ts',
      "for index.ts; put Node.js 22.19.0 or newer first on the PATH",
    ],
    ["error: no stack selected; please use …", "or pass --stack, or create one"],
    ["error: Preview failed: resource x cannot be deleted\nbecause", "it is protected: declare it"],
    ["error: the stack is currently locked by 1 lock(s)", "retry when it has finished"],
    ["error: failed to load language plugin go: no", "VccProvider works in Node.js projects only"],
    ["error: unknown flag: --x", "install a newer pulumi"],
    ["", "pulumi failed without an error message"],
  ])("names the next step for %j", (stderr, expected) => {
    expect(toInspectionError({ failed: true, stdout: "", stderr }).message).toContain(expected);
  });
});
