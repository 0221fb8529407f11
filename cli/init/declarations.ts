import type { Body } from "../bodies/bodies";
import { hasVariable, partsOf } from "../bodies/variables";

/** Where programs of `init` have header values: in the configuration of the stack, or in the environment. */
export const secretPlaces = ["config", "environment"] as const;
export type SecretPlace = (typeof secretPlaces)[number];

/** A registration as the program declares it. It contains no secret. */
export interface Declaration extends Omit<Body, "endpoint" | "headers"> {
  /** The name of the resource, unique in the program. */
  resource: string;
  /** A URL with a query, which may contain an API key, is a secret too. */
  endpoint?: { url: string } | { key: string };
  headers: HeaderDeclaration[];
}

export interface HeaderDeclaration {
  name: string;
  secret: SecretName;
  /** Whether the secret is only the token of `Bearer <token>`. */
  bearer: boolean;
}

/** The key of a secret in the configuration of the stack, or the environment variable that contains it. */
type SecretName = { key: string } | { variable: string };

/** A secret to store or to export. Its value may have variables of a request. */
export type Secret = SecretName & { value: string };

/**
 * Separates the declarations from the secrets: every header value, and every URL with a query or a variable.
 *
 * @param place where the program has header values. It has a URL in the configuration
 */
export function declare(
  bodies: readonly Body[],
  place: SecretPlace = "config",
): {
  declarations: Declaration[];
  secrets: Secret[];
} {
  const resources = uniqueNames();
  const keys = uniqueNames();
  const variables = uniqueNames(
    bodies.flatMap(({ headers }) => Object.values(headers)).flatMap(variablesOf),
  );
  const secrets: Secret[] = [];
  const addSecret = (words: string[], value: string) => {
    const key = keys(camelCase(words) || "secret");
    secrets.push({ key, value });
    return key;
  };
  const addVariable = (words: string[], value: string) => {
    const [part, ...others] = partsOf(value);
    if (typeof part === "object" && others.length === 0) return part;
    // Text around a variable may be secret, too.
    const variable = variables(
      words
        .join("_")
        .toUpperCase()
        .replace(/^(?=\d|$)/, "VCC_"),
    );
    secrets.push({ variable, value });
    return { variable };
  };
  const declarations = bodies.map(({ endpoint, headers, ...body }) => {
    const words = wordsOf(body.provider);
    return {
      ...body,
      ...(endpoint !== undefined && {
        endpoint:
          endpoint.includes("?") || hasVariable(endpoint)
            ? { key: addSecret([...words, "endpoint"], endpoint) }
            : { url: endpoint },
      }),
      resource: resources(words.map((word) => word.toLowerCase()).join("-") || "provider"),
      headers: Object.entries(headers).map(([name, value]) => {
        const [, token] =
          (name.toLowerCase() === "authorization" && /^Bearer (\S.*)$/.exec(value)) || [];
        const secretWords = [...words, ...wordsOf(name)];
        const content = token ?? value;
        const secret =
          place === "environment"
            ? addVariable(secretWords, content)
            : { key: addSecret(secretWords, content) };
        return { name, secret, bearer: token !== undefined };
      }),
    };
  });
  return { declarations, secrets };
}

/** The environment variables that a program refers to, each once. */
export function variablesIn(declarations: readonly Declaration[]): string[] {
  const headers = declarations.flatMap((declaration) => declaration.headers);
  return [
    ...new Set(headers.flatMap(({ secret }) => ("variable" in secret ? secret.variable : []))),
  ];
}

function variablesOf(value: string): string[] {
  return partsOf(value).flatMap((part) => (typeof part === "string" ? [] : part.variable));
}

/** Adds a number to a name that it has returned before, or that is taken. */
function uniqueNames(taken: readonly string[] = []): (name: string) => string {
  const used = new Set(taken);
  return (name) => {
    let unique = name;
    for (let number = 2; used.has(unique); number++) unique = `${name}${number}`;
    used.add(unique);
    return unique;
  };
}

/** `CrmIntegration v2` → `Crm`, `Integration`, `v2`; `Zürich` → `Zurich` */
function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  return plain.replace(/([a-z0-9])([A-Z])/g, "$1 $2").match(/[A-Za-z0-9]+/g) ?? [];
}

function camelCase(words: string[]): string {
  return words
    .map((word) => word.toLowerCase())
    .map((word, index) => (index === 0 ? word : `${word[0]?.toUpperCase()}${word.slice(1)}`))
    .join("");
}
