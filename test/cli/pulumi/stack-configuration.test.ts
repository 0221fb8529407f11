import { secretsOfStack } from "../../../cli/pulumi/stack-configuration";

describe("secrets of a stack", () => {
  it("are its secret values, including those in objects", async () => {
    const configuration = {
      "project:plain": { value: "plain", secret: false },
      "project:token": { value: "token", secret: true },
      "vcc:accounts": { value: "{…}", objectValue: { a: ["one"], b: { c: "two" } }, secret: true },
    };
    const stdout = JSON.stringify(configuration);
    const pulumi = async () => ({ failed: false, stdout, stderr: "" });
    expect(await secretsOfStack(pulumi, ".", [])).toEqual(["token", "{…}", "one", "two"]);
  });

  it("are none if the configuration cannot be decrypted", async () => {
    const pulumi = async () => ({
      failed: true,
      stdout: "",
      stderr: "error: incorrect passphrase",
    });
    expect(await secretsOfStack(pulumi, ".", [])).toEqual([]);
  });
});
