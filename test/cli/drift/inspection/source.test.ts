import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createLocator } from "../../../../cli/drift/inspection/source";
import { temporaryDirectory } from "../../../temporary-directory";

describe("source locations", () => {
  const directory = temporaryDirectory();

  it.each([
    ["a line", { sourcePosition: "project:///index.ts#6,13" }, ["index.ts", 6, 13]],
    ["no column", { sourcePosition: "project:///index.ts#6" }, ["index.ts", 6, 1]],
    [
      "escaped names",
      { sourcePosition: "project:///a%20%23%25/%C3%9C.ts#1,1" },
      ["a #%/Ü.ts", 1, 1],
    ],
    [
      "the first frame outside of installed packages",
      {
        sourcePosition: "project:///node_modules/pulumi-vcc/dist/provider/vcc-provider.js#115,16",
        stackTrace: [
          {},
          { sourcePosition: "project:///../../elsewhere/component.js#1,1" },
          { sourcePosition: "project:///src/crm.ts#4,30" },
          { sourcePosition: "project:///index.ts#1,1" },
        ],
      },
      ["src/crm.ts", 4, 30],
    ],
  ])("locates %s", (_case, declared, [file, line, column]) => {
    expect(createLocator(directory.path)(declared)).toEqual({ file, line, column });
  });

  it("locates files beside the project, in the same repository, including ES modules", () => {
    const project = join(directory.path, "infra");
    mkdirSync(project);
    mkdirSync(join(directory.path, ".git"));
    const locate = createLocator(project);
    const shared = { file: "shared/my crm.ts", line: 2, column: 36 };
    // As CLI 3.255 and SDK 3.276 report it.
    for (const path of [
      "../shared/my%20crm.ts",
      `file:${directory.path}/shared/my%2520crm.ts`,
      `src/file:${directory.path}/shared/my%2520crm.ts`,
      `file:${directory.path}/shared/my%2520crm.ts%3Ftsx-namespace=1`,
    ]) {
      expect(locate({ sourcePosition: `project:///${path}#2,36` })).toEqual(shared);
    }
    expect(locate({ sourcePosition: "project:///file:/elsewhere/x.ts#1,1" })).toBeUndefined();
  });

  it("locates nothing without a frame in the program", () => {
    const locate = createLocator(directory.path);
    expect(locate({ sourcePosition: "file:///elsewhere/x.ts#1,1" })).toBeUndefined();
    expect(locate({})).toBeUndefined();
  });

  it("gives paths relative to the repository, if there is one", () => {
    const project = join(directory.path, "infra/vcc");
    mkdirSync(project, { recursive: true });
    mkdirSync(join(directory.path, ".git"));
    const locate = createLocator(project);
    expect(locate({ sourcePosition: "project:///index.ts#6,13" })?.file).toBe("infra/vcc/index.ts");
  });
});
