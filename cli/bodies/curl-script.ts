import { parseArgs } from "node:util";
import { parse } from "shell-quote";
import { InputError } from "../errors";
import { isRegisterUrl, type Request } from "./request";
import { variableInJson } from "./variables";

/** Whether a text is a shell script, and not JSON or YAML. */
export function isScript(name: string, text: string): boolean {
  if (/\.(?:json|ya?ml)$/i.test(name)) return false;
  return /\.sh$/i.test(name) || /^#!|^[^{["'#]*\bcurl\s/m.test(text);
}

/**
 * The requests of the `curl … /Register` commands in a shell script. Nothing of it runs.
 *
 * @throws InputError, which names the line of each command that it does not understand
 */
export function requestsInScript(script: string, name: string): Request[] {
  const problems: string[] = [];
  const requests = commandsIn(script).flatMap(({ line, text, problem }) => {
    const where = `${name}, line ${line}`;
    try {
      if (problem !== undefined) throw new InputError(problem);
      return bodiesIn(text).map((body) => ({ where, ...body }));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(`${where}: ${error.message}`);
      return [];
    }
  });
  if (problems.length > 0) throw new InputError([...problems, wayOut].join("\n"));
  return requests;
}

/** Ends each refusal of what a script contains. */
export const wayOut =
  "Or write each body into a .json file in a folder, and pass the folder to --from.";

/** A command with its operators, like `curl … && echo done`. */
interface Command {
  /** Where it begins, from 1. */
  line: number;
  text: string;
  problem?: string;
}

/** Each matches where the previous one ended. */
const lexeme =
  /(?<escaped>\\[\s\S])|(?<literal>'[^']*'|\$'(?:\\[\s\S]|[^'\\])*')|(?<quoted>"(?:\\[\s\S]|[^"\\])*")|(?<comment>(?<=^|[\s;&|()])#[^\n]*)|(?<end>\n)|(?<plain>\$(?!')|[^\\'"\n$#]+|#)|(?<unclosed>["'\\$])/g;

/** The commands that mention `/Register`, without comments and line continuations. */
function commandsIn(script: string): Command[] {
  const commands: Command[] = [];
  let line = 1;
  let current: Command = { line, text: "" };
  let started = false;
  for (const { 0: text, groups = {} } of `${script.replaceAll("\r\n", "\n")}\n`.matchAll(lexeme)) {
    if (groups.end !== undefined) {
      commands.push(current);
    } else if (groups.comment === undefined && text !== "\\\n") {
      if (!started && /\S/.test(text)) {
        current.line = line;
        started = true;
      }
      current.text += groups.quoted === undefined ? text : text.replaceAll("\\\n", "");
      const problem = problemOf(text, groups);
      if (problem !== undefined) current.problem ??= problem;
    }
    line += text.split("\n").length - 1;
    if (groups.end !== undefined) {
      current = { line, text: "" };
      started = false;
    }
  }
  return commands.filter(({ text, problem }) => /\/register/i.test(text) || problem === unclosed);
}

const unclosed = "a quotation mark is not closed";

function problemOf(
  text: string,
  { literal, plain, quoted, unclosed: opening }: Record<string, string | undefined>,
): string | undefined {
  if (opening !== undefined) return unclosed;
  if (literal !== undefined) return undefined;
  if (text.includes("`")) return "a command in backticks would have to run: write its output";
  if (
    plain !== undefined &&
    quoted === undefined &&
    /[*?[\]{~]/.test(text.replace(/^\{\w+\}/, ""))
  ) {
    return "a pattern like * or {a,b} outside quotation marks: quote it";
  }
  return undefined;
}

type Body = Pick<Request, "json" | "url">;

/** @throws InputError for what only a shell could expand */
function bodiesIn(text: string): Body[] {
  const entries = parse(text, (variable) => {
    if (/^[A-Za-z_]\w*$/.test(variable)) return variableInJson(variable);
    throw new InputError(
      variable === ""
        ? "a command in $(…) would have to run: write its output"
        : `$\{${variable}}: only $NAME and $\{NAME} are understood`,
    );
  });
  const commands: string[][] = [[]];
  let isTarget = false;
  for (const entry of entries) {
    const words = commands.at(-1) ?? [];
    if (typeof entry === "string") {
      if (!isTarget) words.push(entry);
      isTarget = false;
    } else if ("comment" in entry || entry.op === "glob") {
      throw new InputError("an unquoted # or pattern: quote it");
    } else if (/^(?:[12]?>>?|>&|&>>?|>\|)$/.test(entry.op)) {
      // `2>&1`
      if (/^[0-9]$/.test(words.at(-1) ?? "")) words.pop();
      isTarget = true;
    } else if (entry.op.includes("<") || entry.op === ">(") {
      throw new InputError(`${entry.op} reads something else: pass the JSON with -d '…'`);
    } else {
      commands.push([]);
    }
  }
  return commands.filter((words) => words.some(isRegisterUrl)).map(bodyOf);
}

const value = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;

/** The options of curl that requests to VCC use. A body may be in any of the first five. */
const curlOptions = {
  data: { ...value, short: "d" },
  "data-raw": value,
  "data-binary": value,
  "data-ascii": value,
  json: value,
  request: { ...value, short: "X" },
  url: value,
  header: { ...value, short: "H" },
  output: { ...value, short: "o" },
  "write-out": { ...value, short: "w" },
  "max-time": { ...value, short: "m" },
  "connect-timeout": value,
  "oauth2-bearer": value,
  proxy: { ...value, short: "x" },
  cacert: value,
  retry: value,
  "retry-delay": value,
  "retry-all-errors": flag,
  silent: { ...flag, short: "s" },
  "show-error": { ...flag, short: "S" },
  fail: { ...flag, short: "f" },
  "fail-with-body": flag,
  include: { ...flag, short: "i" },
  insecure: { ...flag, short: "k" },
  location: { ...flag, short: "L" },
  verbose: { ...flag, short: "v" },
  compressed: flag,
} as const;

/** @throws InputError unless it is one POST with one body */
function bodyOf(words: string[]): Body {
  const [program, ...args] = words.slice(words.findIndex((word) => word !== "if" && word !== "!"));
  if (program !== "curl")
    throw new InputError("/Register in a command that does not begin with curl");
  const { values, positionals } = parseCurl(args);
  const urls = [...positionals, ...(values.url ?? [])];
  if (urls.length !== 1) {
    throw new InputError("curl has several URLs: split it");
  }
  if (values.request?.some((method) => method !== "POST")) {
    throw new InputError("the request is not a POST");
  }
  const { data = [], "data-raw": raw = [], json = [] } = values;
  const files = [
    ...data,
    ...json,
    ...(values["data-binary"] ?? []),
    ...(values["data-ascii"] ?? []),
  ];
  if (files.some((text) => text.startsWith("@"))) {
    throw new InputError("the body is in another file (@…): pass that file to --from instead");
  }
  const [body, ...others] = [...files, ...raw];
  if (body === undefined) throw new InputError("curl has no body: pass the JSON with -d '…'");
  if (others.length > 0) throw new InputError("curl has several bodies: make them one");
  return { json: body, url: String(urls[0]) };
}

function parseCurl(args: string[]) {
  try {
    return parseArgs({ args, options: curlOptions, allowPositionals: true });
  } catch (error) {
    // Only its first sentence is about the command. It quotes no value.
    const [problem] = (error as Error).message.split(/\.\s|\n/);
    throw new InputError(`curl: ${problem}: remove it if the request works without`);
  }
}
