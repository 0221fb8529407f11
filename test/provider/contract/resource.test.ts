import { createRequire } from "node:module";
import { join } from "node:path";
import { providerCode } from "../../../provider/contract/resource";
import { temporaryDirectory } from "../../temporary-directory";

const directory = temporaryDirectory();

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
      "exports.handler=f=>{try{return require('pulumi-vcc/dynamic')}catch(e){return{check:f=_=>{throw e.code?Error('Install pulumi-vcc in '+process.cwd()+'. '+e.message):e},delete:f}}}",
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

  it("returns the state unchanged on read, and fails all other calls with a remedy, without the package", () => {
    const lifecycle = load(createRequire(join(directory.path, "Pulumi.yaml")));
    expect(Object.keys(lifecycle)).toEqual(["check", "delete"]);
    const remedy = `Install pulumi-vcc in ${process.cwd()}. Cannot find module 'pulumi-vcc/dynamic'`;
    expect(lifecycle.check).toThrow(remedy);
    expect(lifecycle.delete).toThrow(remedy);
  });

  it("keeps the message of a package that does not load for another reason", () => {
    const lifecycle = load(() => {
      throw new SyntaxError("Unexpected token");
    });
    expect(lifecycle.check).toThrow(new SyntaxError("Unexpected token"));
  });
});
