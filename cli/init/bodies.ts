import { isUtf8 } from "node:buffer";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { parseDocument, type YAMLError } from "yaml";
import * as z from "zod/mini";
import { plainObject, strictEntries } from "../../provider/schema";
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
 * @throws InputError, which names the file and each field with a problem
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
  if (!isUtf8(content)) throw new InputError(`${file} is not UTF-8; convert it`);
  return content.toString("utf8");
}

const HeaderValue = z.string("the value must be a string: quote it").check(
  z.refine((value) => value !== "", "the value is empty, which Pulumi cannot store"),
  z.refine(
    (value) => !/[^\t\P{Cc}]|\p{Cs}/u.test(value),
    "the value contains a line break or another character that HTTP cannot carry",
  ),
);
const Permission = z.union([z.boolean(), z.literal([0, 1])], "must be 0, 1, true or false");

// No message quotes a value, which may be a secret.
const RegisterBody = strictEntries(
  "unknown field",
  {
    provider: z
      .string({ error: ({ input }) => (input === undefined ? "is required" : "must be a string") })
      .check(z.minLength(1, "must not be empty")),
    endpoint: z.optional(
      z.string("must be a string").check(
        // `check` validates the rest. This would become part of the program.
        z.refine(
          (url) => !/^[^/\\?#]*[/\\]{2}[^/\\?#]*@/.test(url),
          "contains credentials: put them into an Authorization header",
        ),
      ),
    ),
    headers: z.optional(
      z.pipe(
        plainObject(() => "must be an object of names and values"),
        z.record(z.string(), HeaderValue),
      ),
    ),
    agentactionspermitted: z.optional(
      strictEntries(
        "unknown operation",
        Object.fromEntries(operations.map((name) => [name, z.optional(Permission)])),
        () => "must be an object of operations",
      ),
    ),
  },
  () => "expected the body of POST /Register, an object",
);

function parseBody(body: unknown, where: string): Body {
  const { data, error } = z.safeParse(RegisterBody, body);
  if (data === undefined) {
    const problems = error?.issues.map(
      (issue) => `${where}: ${subjectOf(issue.path)}${issue.message}`,
    );
    throw new InputError((problems ?? []).join("\n"));
  }
  const { provider = "", endpoint, headers = {}, agentactionspermitted = {} } = data;
  const permissions = Object.entries(agentactionspermitted);
  return {
    provider,
    ...(endpoint !== undefined && { endpoint }),
    headers,
    permissions: Object.fromEntries(permissions.map(([name, value]) => [name, Boolean(value)])),
  };
}

/** `headers`, `X-Key` → `header "X-Key": ` */
function subjectOf([field, ...names]: PropertyKey[]): string {
  if (field === undefined) return "";
  if (field === "headers" && names.length > 0) return `header ${JSON.stringify(names.join("."))}: `;
  return `${[field, ...names].join(".").replaceAll(/\p{Cc}/gu, " ")}: `;
}

function unreadable(path: string, error: unknown): InputError {
  return new InputError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
}
