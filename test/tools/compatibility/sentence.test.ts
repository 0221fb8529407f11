import { sentenceOf } from "../../../tools/compatibility/sentence.mts";

describe("the sentence of a failed command", () => {
  it.each([
    [
      "Pulumi",
      "Diagnostics:\n  pulumi:pulumi:Stack (crm-dev):\n    error: error reading from server: EOF\n\n" +
        "    error: Install pulumi-vcc in /tmp/1/infra.\n",
      "Install pulumi-vcc in …/infra.",
    ],
    [
      "a program",
      "    error: Running program '/tmp/1/index.ts' failed with an unhandled exception:\n" +
        '    TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for /tmp/1/index.ts\n',
      'Unknown file extension ".ts" for …/index.ts',
    ],
    [
      "npm",
      "npm error code ERESOLVE\nnpm error ERESOLVE unable to resolve dependency tree\n" +
        'npm error Could not resolve dependency:\nnpm error peer a@"^3" from b@1\n',
      'peer a@"^3" from b@1',
    ],
    [
      "Yarn",
      "\u001b[31mUsage Error\u001b[39m: Couldn't find a script\n\nyarn run",
      "Couldn't find a script",
    ],
    ["another program", "one\ntwo\n", "two"],
    ["a silent program", "", "no output"],
  ])("is the reason that %s gives", (_program, output, sentence) => {
    expect(sentenceOf(output, ["/tmp/1"])).toBe(sentence);
  });
});
