import { createRequire } from "node:module";
import { join } from "node:path";
import { providerCode } from "../../../provider/resource/provider-code";
import { temporaryDirectory } from "../../temporary-directory";

const directory = temporaryDirectory();

/** Runs the code as the engine's provider process does, with the package as given. */
function load(requireFrom: (path: string) => (name: string) => unknown) {
  const exports: { handler?: () => Record<string, (...args: unknown[]) => Promise<unknown>> } = {};
  const require = jest.fn().mockReturnValue({ createRequire: requireFrom });
  new Function("exports", "require", providerCode)(exports, require);
  if (exports.handler === undefined) throw new Error("no handler");
  return exports.handler();
}

describe("provider code", () => {
  it("is the text in existing states", () => {
    expect(providerCode).toBe(
      "exports.handler=f=>{let d=process.cwd();try{return require('module').createRequire(d+'/')('pulumi-vcc/dynamic')}catch(e){if(e.code)e.message='Install pulumi-vcc in '+d+'. '+/.*/.exec(e.message);e.stack='';return{check:f=_=>{throw e},delete:f}}}",
    );
  });

  it("runs the package that is installed in the working directory", () => {
    const lifecycle = {};
    const requirePackage = jest.fn().mockReturnValue(lifecycle);
    const requireFrom = jest.fn().mockReturnValue(requirePackage);
    expect(load(requireFrom)).toBe(lifecycle);
    expect(requireFrom).toHaveBeenCalledWith(`${process.cwd()}/`);
    expect(requirePackage).toHaveBeenCalledWith("pulumi-vcc/dynamic");
  });

  it("returns the state unchanged on read, and fails all other calls with a remedy, without the package", () => {
    const lifecycle = load(() => createRequire(join(directory.path, "Pulumi.yaml")));
    expect(Object.keys(lifecycle)).toEqual(["check", "delete"]);
    const remedy = `Install pulumi-vcc in ${process.cwd()}. Cannot find module 'pulumi-vcc/dynamic'`;
    expect(lifecycle.check).toThrow(remedy);
    expect(lifecycle.delete).toThrow(remedy);
  });

  it("leaves out which file required the package, which does not exist", () => {
    const lifecycle = load(() => () => {
      const message = "Cannot find module 'pulumi-vcc/dynamic'\nRequire stack:\n- /noop.js";
      throw Object.assign(new Error(message), { code: "MODULE_NOT_FOUND" });
    });
    expect(lifecycle.check).toThrow(/\. Cannot find module 'pulumi-vcc\/dynamic'$/);
  });

  it("keeps the message of a package that does not load for another reason", () => {
    const lifecycle = load(() => () => {
      throw new SyntaxError("Unexpected token");
    });
    expect(lifecycle.check).toThrow(new SyntaxError("Unexpected token"));
  });
});
