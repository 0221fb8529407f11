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
  for (const secret of secrets.flatMap(encodings)) {
    // Hiding a letter or two wherever they occur would tell them.
    if (secret.length < shortestSecret) continue;
    const size = Math.min(secret.length, shortestQuotation);
    for (let start = 0; start + size <= secret.length; start += 1) {
      const quotation = secret.slice(start, start + size);
      for (let at = text.indexOf(quotation); at >= 0; at = text.indexOf(quotation, at + 1)) {
        hidden.fill(true, at, at + size);
      }
    }
  }
  return text
    .split("")
    .map((character, at) => (!hidden[at] ? character : hidden[at - 1] ? "" : "[secret]"))
    .join("");
}

function encodings(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ "": secret }).toString().slice(1),
    Buffer.from(secret).toString("base64"),
    Buffer.from(secret).toString("base64url"),
  ];
}
