import { parseDocument, type YAMLError } from "yaml";
import * as z from "zod/mini";
import type { Region } from "../../provider/accounts/settings";
import { parseRegistration } from "../../provider/lifecycle/arguments";
import { isPlainObject } from "../../provider/plain-object";
import { strictEntries } from "../../provider/schema";
import { nameKey, type Operation } from "../../provider/vcc/provider-settings";
import { InputError } from "../errors";
import { isScript, requestsInScript, wayOut } from "./curl-script";
import { type Input, inputName, readInputs } from "./input";
import { parseCollection, requestsInCollection } from "./postman-collection";
import { type Request, regionOf } from "./request";
import { partsOf, replaceVariables } from "./variables";

/** A body of `POST /Register` that `preview` accepts. Header values and the endpoint may have variables. */
export interface Body {
  provider: string;
  endpoint?: string;
  headers: Record<string, string>;
  permissions: Record<string, boolean>;
  /** The region that the URL of its request names. Missing for a body without one. */
  region?: Region | undefined;
}

/** A file with bodies, or standard input. */
export interface Source {
  /** How messages name it. */
  name: string;
  bodies: Body[];
  /** The regions that the URLs of its requests name, each once. */
  regions: Region[];
  /** What its author may not have intended. Contains no header value. */
  warnings: string[];
}

/** Reads bodies of `POST /Register`, as `readSources` does. */
export function readBodies(...paths: string[]): Body[] {
  return readSources(...paths).flatMap(({ bodies }) => bodies);
}

/**
 * Reads bodies of `POST /Register`, and where they come from.
 *
 * @param paths each a JSON or YAML file with a body or a list of bodies, a Postman collection, a shell script
 *   with curl commands, a folder of such files, or `-` for standard input
 * @throws InputError, which names the file and each field with a problem
 */
export function readSources(...paths: string[]): Source[] {
  const title = paths.map(inputName).join(" and ");
  const sources = paths
    .flatMap(readInputs)
    .map(readSource)
    .filter(({ bodies }) => bodies.length > 0);
  const bodies = sources.flatMap((source) => source.bodies);
  if (bodies.length === 0) throw new InputError(`${title} contains no body of POST /Register`);
  const names = bodies.map(({ provider, region = "" }) => nameKey(region, provider));
  const twice = bodies.find((_, index) => names.indexOf(names[index] ?? "") !== index);
  if (twice !== undefined) {
    throw new InputError(
      `the provider ${JSON.stringify(twice.provider)} is twice in ${title}, and VCC keeps the last one: remove one`,
    );
  }
  return sources;
}

function readSource({ name, text }: Input): Source {
  const fromRequests = (requests: Request[], warn: (request: Request, body: Body) => string[]) => {
    const bodies = requests.map((request) => ({
      ...parseRequest(request),
      region: regionOf(request.url),
    }));
    return {
      name,
      bodies,
      regions: [...new Set(bodies.flatMap(({ region }) => region ?? []))],
      warnings: requests.flatMap((request, index) => warn(request, bodies[index] as Body)),
    };
  };
  if (isScript(name, text)) return fromRequests(requestsInScript(text, name), literalVariables);
  const content = parseText(text, name);
  const collection = parseCollection(content);
  if (collection !== undefined) {
    return fromRequests(requestsInCollection(collection, name), () => []);
  }
  const bodies = Array.isArray(content)
    ? content.map((body, index) => parseBody(body, `${name}, body ${index + 1}`))
    : [parseBody(content, name)];
  return { name, bodies, regions: [], warnings: [] };
}

/** `'{"headers": {"X-Key": "$KEY"}}'`: VCC has got the name of the variable. */
function literalVariables({ where }: Request, { headers }: Body): string[] {
  return Object.entries(headers)
    .filter(([, value]) =>
      partsOf(value).some((part) => typeof part === "string" && /\$\{?[A-Za-z_]/.test(part)),
    )
    .map(
      ([name]) =>
        `${where}: headers.${name} contains a $NAME in single quotes, which the shell does not replace: ` +
        "VCC holds this text",
    );
}

function parseRequest({ where, json }: Request): Body {
  try {
    // A variable outside a string would be a value of YAML.
    JSON.parse(json);
  } catch {
    throw new InputError(
      `${where}: the body is not valid JSON; a variable must be inside quotation marks\n${wayOut}`,
    );
  }
  return parseBody(parseText(json, where), where);
}

/** Parsers quote the text in their messages, which contains header values. */
function parseText(text: string, where: string): unknown {
  const document = parseDocument(text);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { code, linePos } = problem;
    const reason = reasons[code] ?? "it is not valid JSON or YAML";
    throw new InputError(`${where} cannot be read: ${reason} (${code}, line ${linePos?.[0].line})`);
  }
  try {
    return document.toJS();
  } catch {
    throw new InputError(
      `${where} cannot be read: it has an alias (*name) without an anchor (&name), or too many; ` +
        "quote a value that begins with *",
    );
  }
}

const reasons: Partial<Record<YAMLError["code"], string>> = {
  DUPLICATE_KEY: "an object has a name twice",
  MULTIPLE_DOCS: "it has several YAML documents; make them one list",
  TAG_RESOLVE_FAILED: "it has a YAML tag (!name); quote a value that begins with !",
};

const RegisterBody = strictEntries(
  "unknown field",
  {
    provider: z.unknown(),
    endpoint: z.unknown(),
    headers: z.unknown(),
    agentactionspermitted: z.unknown(),
  },
  () => "expected the body of POST /Register, an object",
);

/** No message quotes a value, which may be a secret. */
function parseBody(content: unknown, where: string): Body {
  const body = unwrapped(content);
  const { error } = z.safeParse(RegisterBody, body);
  if (!isPlainObject(body)) throw new InputError(`${where}: ${error?.issues[0]?.message}`);
  const { provider, endpoint, headers, agentactionspermitted = {} } = body;
  const parsed = parseRegistration({
    provider,
    ...(endpoint !== undefined && { endpoint: sample(endpoint) }),
    ...(headers !== undefined && {
      headers: isPlainObject(headers)
        ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, sample(value)]))
        : headers,
    }),
    agentActionsPermitted: agentactionspermitted,
  });
  const problems = [
    ...("problems" in parsed ? parsed.problems : []).map(inTermsOfBody),
    ...Object.entries(isPlainObject(headers) ? headers : {})
      .filter(([, value]) => value === "")
      .map(([name]) => `headers.${name}: the value is empty, which Pulumi cannot store`),
    ...(error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`),
  ];
  if ("problems" in parsed || problems.length > 0) {
    throw new InputError(
      problems.map((problem) => `${where}: ${problem.replaceAll(/\p{Cc}/gu, " ")}`).join("\n"),
    );
  }
  const { registration } = parsed;
  const permissions = Object.keys(agentactionspermitted as object) as Operation[];
  return {
    provider: registration.provider,
    ...(endpoint !== undefined && { endpoint: endpoint as string }),
    headers: (headers ?? {}) as Record<string, string>,
    permissions: Object.fromEntries(
      permissions.map((name) => [name, registration.agentActionsPermitted[name]]),
    ),
  };
}

/** `{"ProviderSettings": {…}}`, as the API's documentation names the body, or the body itself. */
function unwrapped(content: unknown): unknown {
  if (!isPlainObject(content)) return content;
  const [[name, body] = [], ...others] = Object.entries(content);
  return name?.toLowerCase() === "providersettings" && others.length === 0 ? body : content;
}

/** A text as it may be once its variables have values. */
function sample(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return replaceVariables(value.replace(/^\0\w+\0/, "https://x"), () => "x");
}

/** `parseRegistration` names the arguments of a program. */
function inTermsOfBody(problem: string): string {
  return problem.replace(/^agentActionsPermitted/, "agentactionspermitted");
}
