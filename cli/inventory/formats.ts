import { code, escapeHtml, formatJson, formatTable, tableRow } from "../formats";
import type { Inventory, InventoryEntry } from "./schema";

/** Each returns the full inventory, ending in a line feed. */
export const inventoryFormats = {
  table: formatInventoryTable,
  json: formatJson,
  markdown: formatInventoryMarkdown,
} satisfies Record<string, (inventory: Inventory, options?: { width?: number }) => string>;

export type InventoryFormat = keyof typeof inventoryFormats;

const columns: Array<[title: string, cell: (entry: InventoryEntry) => string]> = [
  ["region", ({ region }) => region ?? "?"],
  ["name", ({ provider }) => JSON.stringify(provider ?? "?")],
  ["account", ({ account, secretAccount }) => (secretAccount ? "?" : (account ?? ""))],
  ["endpoint", ({ endpointHost }) => endpointHost ?? ""],
  ["stack", ({ stack, resource }) => `${stack} (${resource})`],
  ["last acknowledged", ({ registeredAt }) => registeredAt ?? "never"],
  ["last seen", ({ lastSeen, hasWitness }) => lastSeen ?? (hasWitness ? "never" : "no witness")],
  ["operation", describeOperation],
  ["also in", ({ alsoIn }) => alsoIn.join(", ")],
];

/** What may have changed VCC since: an update that was interrupted, or one that runs. */
function describeOperation({ uncertain, interrupted, lockedBy }: InventoryEntry): string {
  return [
    interrupted !== null && `interrupted while ${interrupted}`,
    uncertain && interrupted === null && "replaced, but not reset",
    lockedBy !== null && `locked by ${lockedBy}`,
  ]
    .filter(Boolean)
    .join(", ");
}

function formatInventoryTable(
  { registrations, emptyStacks }: Inventory,
  { width = Number.POSITIVE_INFINITY } = {},
): string {
  const shown = columns.filter(([, cell]) => registrations.some((entry) => cell(entry) !== ""));
  const header = shown.map(([title]) => title.toUpperCase());
  const rows = registrations.map((entry) => shown.map(([, cell]) => cell(entry)));
  const lines = [
    ...(rows.length > 0 ? formatTable(header, rows, { width }) : []),
    ...emptyStacks.map((stack) => `${stack}: no registrations`),
  ];
  return lines.map((line) => `${line}\n`).join("");
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
