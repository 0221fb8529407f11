import { code, escapeHtml, formatJson, formatTable, tableRow } from "../formats";
import type { Inventory, InventoryEntry } from "./schema";

/** Each returns the full inventory, ending in a line feed. */
export const inventoryFormats = {
  table: formatInventoryTable,
  json: formatJson,
  markdown: formatInventoryMarkdown,
} satisfies Record<string, (inventory: Inventory) => string>;

export type InventoryFormat = keyof typeof inventoryFormats;

const columns: Array<[title: string, cell: (entry: InventoryEntry) => string]> = [
  ["region", ({ region }) => region ?? "?"],
  ["name", ({ provider }) => JSON.stringify(provider ?? "?")],
  ["account", ({ account, secretAccount }) => (secretAccount ? "?" : (account ?? ""))],
  ["endpoint", ({ endpointHost }) => endpointHost ?? ""],
  ["stack", ({ stack, resource }) => `${stack} (${resource})`],
  [
    "registered",
    ({ registeredAt, uncertain }) => `${registeredAt ?? "never"}${uncertain ? ", uncertain" : ""}`,
  ],
  ["last seen", ({ lastSeen }) => lastSeen ?? "never"],
  ["also in", ({ alsoIn }) => alsoIn.join(", ")],
];

function formatInventoryTable({ registrations }: Inventory): string {
  const header = columns.map(([title]) => title.toUpperCase());
  const rows = registrations.map((entry) => columns.map(([, cell]) => cell(entry)));
  return `${formatTable(header, rows).join("\n")}\n`;
}

function formatInventoryMarkdown({ registrations, errors }: Inventory): string {
  return [
    tableRow(columns.map(([title]) => title)),
    tableRow(columns.map(() => "---")),
    ...registrations.map((entry) => tableRow(columns.map(([, cell]) => markdownCell(cell(entry))))),
    ...errors.map(({ stack, error }) => `\nCould not read ${code(stack)}: ${escapeHtml(error)}`),
    "",
  ].join("\n");
}

function markdownCell(text: string): string {
  return text === "" ? "" : code(text);
}
