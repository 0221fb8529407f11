import { providerCode } from "../../../provider/contract/resource";

/** Runs the code as the engine's provider process does, with the package as given. */
function load(requirePackage: (name: string) => unknown) {
  const exports: { handler?: () => Record<string, (...args: unknown[]) => Promise<unknown>> } = {};
  new Function("exports", "require", providerCode)(exports, requirePackage);
  if (exports.handler === undefined) throw new Error("no handler");
  return exports.handler();
}

describe("provider code", () => {
  it("is the text in existing states", () => {
    expect(providerCode).toBe(
      "exports.handler=f=>{try{return require('pulumi-vcc/dynamic')}catch(e){return{check:f=_=>{throw e},delete:f}}}",
    );
  });

  it("runs the installed package", () => {
    const lifecycle = {};
    const required: string[] = [];
    const loaded = load((name) => {
      required.push(name);
      return lifecycle;
    });
    expect(loaded).toBe(lifecycle);
    expect(required).toEqual(["pulumi-vcc/dynamic"]);
  });

  it("returns the state unchanged on read, and fails all other calls, without the package", () => {
    const lifecycle = load(() => {
      throw new Error("Cannot find module");
    });
    expect(Object.keys(lifecycle)).toEqual(["check", "delete"]);
    expect(lifecycle.check).toThrow("Cannot find module");
    expect(lifecycle.delete).toThrow("Cannot find module");
  });
});
