import { providerCode } from "../../provider/provider-code";

/** Runs the code as the engine's provider process does, with the package as given. */
function load(requirePackage: (name: string) => unknown) {
  const exports: { handler?: () => Record<string, (...args: unknown[]) => Promise<unknown>> } = {};
  new Function("exports", "require", providerCode)(exports, requirePackage);
  if (exports.handler === undefined) throw new Error("no handler");
  return exports.handler();
}

describe("provider code", () => {
  it("is the text that existing states hold, and at most 250 bytes of it", () => {
    expect(providerCode).toBe(
      'exports.handler=()=>{try{return require("pulumi-vcc/dynamic").lifecycle}catch(e){const f=async()=>{throw Error("pulumi-vcc cannot be loaded: "+e.message)};return{check:f,diff:f,create:f,update:f,delete:f,read:async(id,props)=>({id,props})}}}',
    );
    expect(Buffer.byteLength(providerCode)).toBeLessThanOrEqual(250);
  });

  it("runs the installed package", () => {
    const lifecycle = {};
    const required: string[] = [];
    const loaded = load((name) => {
      required.push(name);
      return { lifecycle };
    });
    expect(loaded).toBe(lifecycle);
    expect(required).toEqual(["pulumi-vcc/dynamic"]);
  });

  it("without the package reads the state and fails for everything else", async () => {
    const lifecycle = load(() => {
      throw new Error("Cannot find module");
    });
    const props = { provider: "Crm" };
    await expect(lifecycle.read?.("emea/Crm", props)).resolves.toEqual({ id: "emea/Crm", props });
    for (const method of ["check", "diff", "create", "update", "delete"]) {
      await expect(lifecycle[method]?.()).rejects.toThrow(
        "pulumi-vcc cannot be loaded: Cannot find module",
      );
    }
    expect(lifecycle.configure).toBeUndefined();
  });
});
