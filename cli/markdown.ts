/** Shows any text literally: it cannot contain markup, mention somebody or end the table cell. */
export function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

export function escapeHtml(text: string): string {
  const line = text.replaceAll(/\p{Cc}/gu, " ");
  return line.replaceAll(/[&<>|@#*_`[\]\\~]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function tableRow(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}
