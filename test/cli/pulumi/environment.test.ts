import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ignoredIn, pulumiEnvironment, secretsIn } from "../../../cli/pulumi/environment";
import { temporaryDirectory } from "../../temporary-directory";

describe("environment", () => {
  const directory = temporaryDirectory();

  it("lacks the variables that could hide a difference", () => {
    const environment = {
      PATH: "/bin",
      PULUMI_OPTION_TARGET: "urn",
      PULUMI_OPTION_NOT_YET_KNOWN: "1",
      PULUMI_OPTION_COLOR: "always",
      PULUMI_OPTION_EXCLUDE: "",
      PULUMI_ENABLE_LEGACY_DIFF: "true",
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
    };
    expect(ignoredIn(environment)).toEqual([
      "PULUMI_ENABLE_LEGACY_DIFF",
      "PULUMI_OPTION_NOT_YET_KNOWN",
      "PULUMI_OPTION_TARGET",
    ]);
    expect(pulumiEnvironment(environment)).toEqual({
      PATH: "/bin",
      PULUMI_OPTION_COLOR: "always",
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "false",
      PULUMI_VCC_REPORT_UNRESOLVED: "true",
    });
  });

  it("lacks them in any case on Windows", () => {
    const environment = { Pulumi_Option_Target: "urn" };
    expect(ignoredIn(environment, "linux")).toEqual([]);
    expect(ignoredIn(environment, "win32")).toEqual(["Pulumi_Option_Target"]);
  });

  it("has secrets in variables with such names, and in the passphrase file", () => {
    const file = join(directory.path, "passphrase");
    writeFileSync(file, "in a file\n");
    const secrets = {
      GITHUB_TOKEN: "a",
      VCC_CLIENT_SECRET: "b",
      DB_PASSWORD: "c",
      AWS_SECRET_ACCESS_KEY: "d",
      apiKey: "e",
      PULUMI_CONFIG_PASSPHRASE: "f",
    };
    const others = { AWS_ACCESS_KEY_ID: "id", SSH_AUTH_SOCK: "/x", KEYBOARD: "us", MY_TOKEN: "" };
    expect(
      secretsIn({ ...secrets, ...others, PULUMI_CONFIG_PASSPHRASE_FILE: file }).sort(),
    ).toEqual(["a", "b", "c", "d", "e", "f", "in a file"]);
    expect(secretsIn({ PULUMI_CONFIG_PASSPHRASE_FILE: "/nowhere" })).toEqual([]);
  });
});
