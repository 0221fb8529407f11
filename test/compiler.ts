import { basename, join } from "node:path";
import ts from "typescript";

const root = join(__dirname, "..");

export interface SourceFile {
  name: string;
  text: string;
}

/**
 * Type-checks programs as a user's project would, against the declarations of the built package.
 *
 * @param settings options that differ from those of a strict ES module project
 * @returns the errors
 */
export function compile(files: SourceFile[], settings: ts.CompilerOptions = {}): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
    skipLibCheck: true,
    ...settings,
  };
  // In `examples/`, the package resolves as in any project that has installed it.
  const texts = new Map(files.map(({ name, text }) => [join(root, "examples", name), text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
  };
  const programs = [...texts.keys()].filter((name) => !name.endsWith(".json"));
  const program = ts.createProgram(programs, options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const where = file === undefined ? "" : basename(file.fileName);
    return `${where}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}
