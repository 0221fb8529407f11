import { providerCode } from "../../../provider/contract/resource";

type Require = (name: string) => unknown;

const missing: Require = (name) => {
  throw new Error(`Cannot find module '${name}'`);
};

/** Runs the code as the engine's provider process does, with the package as given. */
function load(fromProject: Require, fromSdk: Require = missing) {
  const exports: { handler?: () => Record<string, (...args: unknown[]) => Promise<unknown>> } = {};
  const module = { parent: { require: fromSdk } };
  new Function("exports", "require", "module", providerCode)(exports, fromProject, module);
  if (exports.handler === undefined) throw new Error("no handler");
  return exports.handler();
}

describe("provider code", () => {
  it("is the text in existing states", () => {
    expect(providerCode).toBe(
      "exports.handler=_=>{let p='pulumi-vcc/dynamic';try{return require(p)}catch(e){try{return module.parent.require(p)}catch{let f=_=>{throw Error('Run npm install pulumi-vcc in '+process.cwd()+': '+e.message)};return{check:f,delete:f}}}}",
    );
  });

  it("has at most 250 bytes and no double quotes", () => {
    expect(Buffer.byteLength(providerCode)).toBeLessThanOrEqual(250);
    expect(providerCode).not.toContain('"');
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

  it("runs the package that only Pulumi's SDK finds", () => {
    const lifecycle = {};
    expect(load(missing, () => lifecycle)).toBe(lifecycle);
  });

  it("echoes on read, and fails all other calls with the project's directory", () => {
    const lifecycle = load(missing);
    expect(Object.keys(lifecycle)).toEqual(["check", "delete"]);
    const message = `Run npm install pulumi-vcc in ${process.cwd()}: Cannot find module 'pulumi-vcc/dynamic'`;
    expect(lifecycle.check).toThrow(message);
    expect(lifecycle.delete).toThrow(message);
  });
});
