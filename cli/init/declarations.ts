import type { Body } from "../bodies/bodies";
import { hasVariable } from "../bodies/variables";

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
  /** The key of the secret in the configuration of the stack. */
  key: string;
  /** Whether the secret is only the token of `Bearer <token>`. */
  bearer: boolean;
}

export interface Secret {
  key: string;
  /** May have variables of a request. */
  value: string;
}

/** Separates the declarations from the secrets: every header value, and every URL with a query or a variable. */
export function declare(bodies: readonly Body[]): {
  declarations: Declaration[];
  secrets: Secret[];
} {
  const resources = uniqueNames();
  const keys = uniqueNames();
  const secrets: Secret[] = [];
  const addSecret = (words: string[], value: string) => {
    const key = keys(camelCase(words) || "secret");
    secrets.push({ key, value });
    return key;
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
        const key = addSecret([...words, ...wordsOf(name)], token ?? value);
        return { name, key, bearer: token !== undefined };
      }),
    };
  });
  return { declarations, secrets };
}

/** Adds a number to a name that it has returned before. */
function uniqueNames(): (name: string) => string {
  const used = new Set<string>();
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
