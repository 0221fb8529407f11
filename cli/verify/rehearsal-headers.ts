import { randomUUID } from "node:crypto";

/** Header name → value. */
export type HeaderValues = Readonly<Record<string, string>>;

/** Names of headers that usually contain a secret. */
const secretName =
  /(authorization|auth|secret|token|password|passphrase|credentials?|key|signature|cookie)$/i;

/**
 * The names of the headers that authenticate a notification. Pulumi marks the headers as secret as a whole, so
 * it does not say which values are. These count: `Authorization`, references to secrets, and names that usually
 * contain a secret. If there is none, all headers count.
 *
 * @param references the names of headers whose values are references
 */
export function secretHeaders(headers: HeaderValues, references: readonly string[]): string[] {
  const names = Object.keys(headers);
  const secret = names.filter((name) => references.includes(name) || secretName.test(name));
  return secret.length > 0 ? secret : names;
}

/** The headers without those of these names. */
export function without(headers: HeaderValues, names: readonly string[]): HeaderValues {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

/** The headers with random values for those of these names. The type of `Authorization` stays. */
export function withWrong(headers: HeaderValues, names: readonly string[]): HeaderValues {
  // Basic credentials are base64 of two texts with a colon between them; other types accept base64, too.
  const wrong = Buffer.from(`pulumi-vcc-verify:${randomUUID()}`).toString("base64");
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (!names.includes(name)) return [name, value];
      const [type, ...credentials] = value.split(" ");
      const hasType = name.toLowerCase() === "authorization" && credentials.length > 0;
      return [name, hasType ? `${type} ${wrong}` : wrong];
    }),
  );
}
