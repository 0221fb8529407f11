import { createProvider } from "../../../provider/lifecycle/boundary";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const inputs = {
  endpoint: "https://crm.example.com/?key=canary",
  headers: { Authorization: "Bearer canary" },
  fingerprintKey: "key",
  region: "emea",
};
const checkWith = (result: object) => createProvider({ check: async () => result } as never).check;
const check = checkWith({ inputs });

describe("a check with secret inputs", () => {
  it("returns the headers and the key as secrets", async () => {
    expect(await check({}, {})).toEqual({
      inputs: {
        ...inputs,
        headers: secret(inputs.headers),
        fingerprintKey: secret(inputs.fingerprintKey),
      },
    });
  });

  it("returns other arguments as secrets if the program says so", async () => {
    const declaration = { secret: ["endpoint", "witness"] };
    const { inputs: checked } = await check({}, { declaration });
    expect(checked).toMatchObject({ endpoint: secret(inputs.endpoint), region: "emea" });
    expect(checked).not.toHaveProperty("witness");
  });

  it("returns failures unchanged", async () => {
    const failures = [{ property: "", reason: "canary" }];
    expect(await checkWith({ failures })({}, {})).toEqual({ failures });
  });
});
