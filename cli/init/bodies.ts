import { isUtf8 } from "node:buffer";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { parseDocument, type YAMLError } from "yaml";
import { isPlainObject } from "../../provider/plain-object";
import { suggestion } from "../../provider/suggestion";
import { operations } from "../../provider/vcc/provider-settings";
import { InputError } from "../errors";

/** A body of `POST /Register`. `check` validates it further, when Pulumi previews the program. */
export interface Body {
  provider: string;
  endpoint?: string;
  headers: Record<string, string>;
  permissions: Record<string, boolean>;
}

const extensions = [".json", ".yaml", ".yml"];

/**
 * Reads bodies of `POST /Register`.
 *
 * @param path a JSON or YAML file with a body or a list of bodies, or a folder of such files
 * @throws InputError, which names the file and the problem
 */
export function readBodies(path: string): Body[] {
  const bodies = filesAt(path).flatMap((file) => {
    const content = parseFile(file);
    const list = Array.isArray(content) ? content : [content];
    return list.map((body, index) =>
      parseBody(body, Array.isArray(content) ? `${file}, body ${index + 1}` : file),
    );
  });
  if (bodies.length === 0) throw new InputError(`${path} contains no body of POST /Register`);
  const names = bodies.map(({ provider }) => provider);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new InputError(
      `${path} has the provider ${JSON.stringify(twice)} twice, and VCC keeps the last one: remove one`,
    );
  }
  return bodies;
}

function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => extensions.includes(extname(name).toLowerCase()))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Parsers quote the text in their messages, which contains header values. */
function parseFile(file: string): unknown {
  const document = parseDocument(readText(file));
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { code, linePos } = problem;
    const reason = reasons[code] ?? "it is not valid JSON or YAML";
    throw new InputError(`${file} cannot be read: ${reason} (${code}, line ${linePos?.[0].line})`);
  }
  try {
    return document.toJS();
  } catch {
    throw new InputError(
      `${file} cannot be read: it has an alias (*name) without an anchor (&name), or too many; ` +
        "quote a value that begins with *",
    );
  }
}

const reasons: Partial<Record<YAMLError["code"], string>> = {
  DUPLICATE_KEY: "an object has a name twice",
  MULTIPLE_DOCS: "it has several YAML documents; make them one list",
  TAG_RESOLVE_FAILED: "it has a YAML tag (!name); quote a value that begins with !",
};

function readText(file: string): string {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  if (!isUtf8(content)) throw new InputError(`${file} is not UTF-8: convert it`);
  return content.toString("utf8");
}

function parseBody(body: unknown, where: string): Body {
  const requireThat = (condition: boolean, problem: string) => {
    if (!condition) throw new InputError(`${where}: ${problem}`);
  };
  requireThat(isPlainObject(body), "expected the body of POST /Register, an object");
  const {
    provider,
    endpoint,
    headers = {},
    agentactionspermitted = {},
    ...unknown
  } = body as Record<string, unknown>;
  const [unknownField] = Object.keys(unknown);
  requireThat(
    unknownField === undefined,
    `unknown field ${JSON.stringify(unknownField)}; ${suggestion(unknownField ?? "", fields)}`,
  );
  requireThat(typeof provider === "string" && provider !== "", "provider must be a text");
  requireThat(endpoint === undefined || typeof endpoint === "string", "endpoint must be a text");
  requireThat(
    !hasCredentials(String(endpoint)),
    "the endpoint contains credentials: put them into an Authorization header",
  );
  requireThat(isPlainObject(headers), "headers must be an object of names and values");
  for (const [name, value] of Object.entries(headers as object)) {
    const header = JSON.stringify(name);
    requireThat(typeof value === "string", `header ${header}: the value must be a text; quote it`);
    requireThat(value !== "", `header ${header}: the value is empty, which Pulumi cannot store`);
    requireThat(
      !/[^\t\P{Cc}]|\p{Cs}/u.test(value as string),
      `header ${header}: the value contains a line break or another character that HTTP cannot carry`,
    );
  }
  requireThat(isPlainObject(agentactionspermitted), "agentactionspermitted must be an object");
  const permissions = Object.entries(agentactionspermitted as object);
  for (const [name, value] of permissions) {
    requireThat(
      (operations as string[]).includes(name),
      `unknown operation ${JSON.stringify(name)}; ${suggestion(name, operations)}`,
    );
    requireThat([0, 1, true, false].includes(value), `${name} must be 0, 1, true or false`);
  }
  return {
    provider: provider as string,
    ...(endpoint !== undefined && { endpoint: endpoint as string }),
    headers: headers as Record<string, string>,
    permissions: Object.fromEntries(permissions.map(([name, value]) => [name, Boolean(value)])),
  };
}

/** Also if `\` is written for `/`, as URL parsers read it. */
function hasCredentials(url: string): boolean {
  return /^[^/\\?#]*[/\\]{2}[^/\\?#]*@/.test(url);
}

const fields = ["provider", "endpoint", "headers", "agentactionspermitted"];

function unreadable(path: string, error: unknown): InputError {
  return new InputError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
}
