/**
 * A shorter quotation tells too little to be worth hiding, unless it is the whole secret, and would
 * hide words that a secret shares with the language of messages.
 */
const shortestQuotation = 8;
const shortestSecret = 4;

/**
 * Hides every secret in a text, also where the text quotes only a part of one, or quotes it as JSON,
 * in a URL or in base64. What is left is fit for a message.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const hidden = new Array<boolean>(text.length).fill(false);
  // Where lower case has another length, positions would not fit.
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

/** By their size, every part of every form of a secret that may not be shown. */
function quotationsOf(secrets: readonly string[]): Map<number, Set<string>> {
  const bySize = new Map<number, Set<string>>();
  const forms = secrets.flatMap(encodings);
  for (const secret of [...forms, ...forms.map((form) => form.toLowerCase())]) {
    // Hiding a letter or two wherever they occur would tell them.
    if (secret.length < shortestSecret) continue;
    const size = Math.min(secret.length, shortestQuotation);
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
