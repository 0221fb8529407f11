// Requests have variables, like `$TOKEN` of a shell and `{{token}}` of Postman. In a body, a NUL on both
// sides marks the name: neither a header value nor a URL may contain one.

/** The mark of a variable, as JSON writes it inside a string. */
export function variableInJson(name: string): string {
  return `\\u0000${name}\\u0000`;
}

export function hasVariable(text: string): boolean {
  return text.includes("\0");
}

/** Replaces each variable of a text. */
export function replaceVariables(text: string, replacement: (name: string) => string): string {
  return text.replaceAll(/\0(\w+)\0/g, (_, name: string) => replacement(name));
}

/** `Bearer $TOKEN` → `Bearer `, { variable: "TOKEN" } */
export function partsOf(text: string): Array<string | { variable: string }> {
  return text
    .split("\0")
    .map((part, index) => (index % 2 === 1 ? { variable: part } : part))
    .filter((part) => part !== "");
}
