/**
 * A shorter quotation reveals too little, and hiding it would hide words that a secret shares with
 * ordinary messages. A whole secret is hidden down to four characters: hiding single letters would
 * reveal them.
 */
const minQuotationLength = 8;
const minSecretLength = 4;

/**
 * Replaces every secret in a text with `[secret]`, also if the text quotes only a part of it, or
 * encodes it as JSON, HTML, base64 or in a URL.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const hidden = new Array<boolean>(text.length).fill(false);
  // Lower case of another length has other positions.
  const lower = text.toLowerCase();
  const searched = lower.length === text.length ? lower : text;
  for (const [size, quotations] of quotationsOf(secrets)) {
    for (let at = 0; at + size <= text.length; at += 1) {
      if (quotations.has(searched.slice(at, at + size))) hidden.fill(true, at, at + size);
    }
  }
  return text
    .split("")
    .map((character, at) => (!hidden[at] ? character : hidden[at - 1] ? "" : "[secret]"))
    .join("");
}

/** Length → all parts of that length, of every encoding of every secret. */
function quotationsOf(secrets: readonly string[]): Map<number, Set<string>> {
  const bySize = new Map<number, Set<string>>();
  const forms = secrets.flatMap(encodings);
  for (const secret of [...forms, ...forms.map((form) => form.toLowerCase())]) {
    if (secret.length < minSecretLength) continue;
    const size = Math.min(secret.length, minQuotationLength);
    const quotations = bySize.get(size) ?? new Set();
    bySize.set(size, quotations);
    for (let at = 0; at + size <= secret.length; at += 1) {
      quotations.add(secret.slice(at, at + size));
    }
  }
  return bySize;
}

function encodings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const entity = (radix: number, prefix: string) => (character: string) =>
    `&#${prefix}${character.charCodeAt(0).toString(radix)};`;
  return [
    secret,
    secret.replace(/\s+/g, " "),
    json,
    json.replaceAll("/", "\\/"),
    secret.replace(/[&<>"']/g, entity(10, "")),
    secret.replace(/[&<>"']/g, entity(16, "x")),
    encodeURIComponent(secret),
    new URLSearchParams({ "": secret }).toString().slice(1),
    secret.replace(/[&<>"']/g, (character) => htmlEntities[character] ?? character),
    Buffer.from(secret).toString("base64"),
    Buffer.from(secret).toString("base64url"),
  ];
}

const htmlEntities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
