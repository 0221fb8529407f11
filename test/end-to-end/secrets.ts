import { createHash, randomBytes } from "node:crypto";
import type { Stack } from "@pulumi/pulumi/automation";

/** A unique secret, so that a leak can be found. */
export function canary(name: string): string {
  return `${name}-${randomBytes(12).toString("hex")}`;
}

/**
 * A secret with characters that JSON, URLs, HTML and .NET escape.
 *
 * @param special what the place of the secret allows
 */
export function escapedCanary(name: string, special = `"\\/&<>'+%=;`): string {
  return `${special}${canary(name)}${special}`;
}

/** Form → the texts that prove a leak in this form. */
export const forms = {
  "in clear": (secret) => [secret],
  truncated: halvesOfRandomPart,
  reversed: (secret) => [[...secret].reverse().join("")],
  base64: alignedBase64,
  base64url: (secret) => alignedBase64(secret).map(withUrlAlphabet),
  hex: (secret) => [Buffer.from(secret).toString("hex")],
  URL: (secret) => [
    encodeURIComponent(secret),
    String(new URLSearchParams([["", secret]])).slice(1),
  ],
  "URL twice": (secret) => [encodeURIComponent(encodeURIComponent(secret))],
  JSON: (secret) => [quoted(secret), quoted(secret).replaceAll("/", "\\/")],
  "JSON twice": (secret) => [quoted(quoted(secret))],
  "\\uXXXX": (secret) => [
    escaped(secret, /./gs, "\\u", 4),
    // What .NET escapes, and what Go does.
    escaped(secret, /[^ !#-%(-*,-;=?-[\]-_a-~]/g, "\\u", 4),
    escaped(quoted(secret), /[&<>]/g, "\\u", 4),
  ],
  "HTML entities": (secret) => [
    escaped(secret, /[&<>"']/g, "&#x", 2, ";"),
    secret.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
    secret.replace(/[&<>"']/g, (character) => htmlEntities[character] ?? ""),
  ],
  "SHA-256": (secret) => hashes("sha256", secret),
  "SHA-1": (secret) => hashes("sha1", secret),
  MD5: (secret) => hashes("md5", secret),
} satisfies Record<string, (secret: string) => string[]>;

export type Form = keyof typeof forms;
export const formNames = Object.keys(forms) as Form[];

export interface Leak {
  secret: string;
  form: Form;
}

/**
 * Creates a search for secrets in every form, which ignores case.
 *
 * @param secrets name → value
 */
export function createSearch(secrets: Record<string, string>): (text: string) => Leak[] {
  const searched = Object.entries(secrets).flatMap(([secret, value]) =>
    formNames.map((form) => ({
      secret,
      form,
      texts: textsOf(value, form).map((text) => Buffer.from(text.toLowerCase())),
    })),
  );
  return (text) => {
    const content = Buffer.from(text.toLowerCase());
    return searched
      .filter(({ texts }) => texts.some((searchedText) => content.includes(searchedText)))
      .map(({ secret, form }) => ({ secret, form }));
  };
}

/** A secret in every form. */
export function formsOf(secret: string): string[] {
  return formNames.flatMap((form) => textsOf(secret, form));
}

/** The random part, too: it also survives an encoding of an encoding, like base64 of JSON. */
function textsOf(secret: string, form: Form): string[] {
  return [secret, randomPart(secret)].flatMap((text) => forms[form](text));
}

/** The fingerprint keys that the state of a stack holds, even if it does not encrypt them. */
export async function fingerprintKeys(stack: Stack): Promise<string[]> {
  const { deployment } = await stack.exportStack();
  const resources: Array<{ inputs?: { fingerprintKey?: string | { plaintext: string } } }> =
    deployment.resources ?? [];
  return resources.flatMap(({ inputs: { fingerprintKey: key } = {} }) => {
    if (key === undefined) return [];
    return [typeof key === "string" ? key : JSON.parse(key.plaintext)];
  });
}

/** Of a canary, the part that no escaping changes. */
export function randomPart(secret: string): string {
  return /[0-9a-f]{24}/.exec(secret)?.[0] ?? secret;
}

function halvesOfRandomPart(secret: string): string[] {
  const random = randomPart(secret);
  return random === secret ? [] : [random.slice(0, 12), random.slice(12)];
}

/** Without the characters that depend on what surrounds the secret. */
function alignedBase64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const after = (before + bytes.length) % 3;
    const end = after === 0 ? text.length : text.length - 4 + after;
    return text.slice(before === 0 ? 0 : before + 1, end);
  });
}

function withUrlAlphabet(base64: string): string {
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function escaped(
  text: string,
  pattern: RegExp,
  prefix: string,
  digits: number,
  suffix = "",
): string {
  return text.replace(
    pattern,
    (character) => prefix + character.charCodeAt(0).toString(16).padStart(digits, "0") + suffix,
  );
}

const htmlEntities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function hashes(algorithm: string, secret: string): string[] {
  return (["hex", "base64", "base64url"] as const).map((encoding) =>
    createHash(algorithm).update(secret).digest(encoding),
  );
}
