/** Stands for what is hidden. */
const hidden = "…";

/**
 * Makes a text of another system fit to be shown: hides known secrets, and then whatever does not look
 * like a word, a small number or a UUID, since a secret may be encoded in any way.
 * `docs/how-it-works.md` says what stays visible.
 *
 * @param secrets in clear text
 * @param names words that stay visible, whatever their shape, in addition to those that VCC documents
 */
export function redact(
  text: string,
  secrets: readonly string[],
  names: readonly string[] = [],
): string {
  return hideByShape(
    hideSecrets(text, secrets),
    new Set([...documentedNames, ...names].map(foldCase)),
  );
}

/** A shorter part of a secret reveals too little, and ordinary text may contain it. */
const partLength = 8;

/** Hides each part of a secret, in any case. A secret of up to three characters is hidden as a word. */
function hideSecrets(text: string, secrets: readonly string[]): string {
  const searched = foldCase(text);
  const isHidden = new Array<boolean>(text.length).fill(false);
  for (const [size, parts] of partsOf(secrets)) {
    for (let at = 0; at + size <= text.length; at += 1) {
      const isFound =
        parts.has(searched.slice(at, at + size)) &&
        (size > 3 || (!isAlphanumeric(text[at - 1]) && !isAlphanumeric(text[at + size])));
      if (isFound) isHidden.fill(true, at, at + size);
    }
  }
  return [...text.split("").keys()]
    .map((at) => (!isHidden[at] ? text[at] : isHidden[at - 1] ? "" : hidden))
    .join("");
}

/** Length → the parts of that length, of every form of every secret. */
function partsOf(secrets: readonly string[]): Map<number, Set<string>> {
  const bySize = new Map<number, Set<string>>();
  for (const form of new Set(secrets.flatMap(formsOf).map(foldCase))) {
    const size = Math.min(form.length, partLength);
    if (size === 0) continue;
    const parts = bySize.get(size) ?? new Set();
    bySize.set(size, parts);
    for (let at = 0; at + size <= form.length; at += 1) parts.add(form.slice(at, at + size));
  }
  return bySize;
}

/** Escapes keep most characters, so that shapes do not tell them from ordinary text. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const entity = (radix: number, prefix: string) => (character: string) =>
    `&#${prefix}${character.charCodeAt(0).toString(radix)};`;
  return [
    secret,
    secret.replace(/\s+/g, " "),
    [...secret].reverse().join(""),
    json,
    json.replaceAll("/", "\\/"),
    encodeURIComponent(secret.toWellFormed()),
    new URLSearchParams({ "": secret }).toString().slice(1),
    secret.replace(/[&<>"']/g, entity(10, "")),
    secret.replace(/[&<>"']/g, entity(16, "x")),
    secret.replace(/[&<>"']/g, (character) => htmlEntities[character] ?? character),
  ];
}

const htmlEntities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Keeps the length, so that positions remain the same. */
function foldCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function isAlphanumeric(character = ""): boolean {
  return /[a-z0-9]/i.test(character);
}

/** Names of VCC's documentation with other shapes than words. */
const documentedNames = [
  "agentactionspermitted",
  "transferToAgent",
  "transferToRoute",
  "AssignToAgent",
  "AccountName",
  "AgentId",
  "ProviderSettings",
  "statusCode",
  "clientId",
  "clientSecret",
  "accessToken",
  "application/vnd.newvoicemedia.v1+json",
];

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const word = /^([a-z]{2,20}|[A-Z][a-z]{1,19}|[A-Z]{2,8})$/;
/** Numbers and letters: in a row they may be the characters of a secret. */
const single = /^(\d{1,5}|[a-z])$/i;
/** What may surround a word, and what may join two. */
const punctuation = /^['’`<*./-]+|['’`>*.!?/%-]+$/g;
const joint = /['’./_=-]/;

/** Between runs: whitespace and `" , : ; ( ) [ ] { }`. */
const separators = /([\s",:;()[\]{}]+)/;

interface Run {
  text: string;
  isHidden: boolean;
  /** The number of numbers and letters, if it consists of nothing else. */
  singles: number;
}

function hideByShape(text: string, names: ReadonlySet<string>): string {
  // Runs and separators alternate.
  const pieces = text.split(separators);
  const runs = pieces.filter((_piece, at) => at % 2 === 0).map((run) => toRun(run, names));
  hideRows(runs.filter(({ text }) => text !== ""));
  const shown = pieces.map((piece, at) => (runs[at / 2]?.isHidden ? hidden : piece)).join("");
  return shown.replace(/…([\s",:;()[\]{}]*…)+/g, hidden);
}

function toRun(text: string, names: ReadonlySet<string>): Run {
  const isName = (part: string) => names.has(foldCase(part));
  const core = text.replace(punctuation, "");
  if (uuid.test(core) || isName(core)) return { text, isHidden: false, singles: 0 };
  // Punctuation in a row counts, too: it may be Morse code.
  if (core === "") return { text, isHidden: text.length > 3, singles: 1 };
  const parts = core.split(joint);
  const singles = parts.filter((part) => single.test(part)).length;
  const areKnown = parts.every((part) => word.test(part) || single.test(part) || isName(part));
  return {
    text,
    isHidden: !areKnown || singles > 3,
    singles: singles === parts.length ? singles : 0,
  };
}

/** Hides three or more numbers and letters in a row, like a list of bytes. A version stays. */
function hideRows(runs: Run[]): void {
  let row: Run[] = [];
  for (const run of [...runs, undefined]) {
    if (run !== undefined && (run.isHidden || run.singles > 0)) {
      row.push(run);
      continue;
    }
    const shown = row.filter(({ isHidden }) => !isHidden);
    const singles = shown.reduce((sum, { singles }) => sum + singles, 0);
    if (shown.length > 1 && singles > 2) for (const each of shown) each.isHidden = true;
    row = [];
  }
}

/**
 * The secrets of headers, which messages must hide: all values, but only the credentials of
 * `Authorization`, including decoded Basic credentials. Hiding "Bearer" would garble VCC's messages
 * about it.
 */
export function headerSecrets(headers: Record<string, string> = {}): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (name.toLowerCase() !== "authorization") return [value];
    const credentials = value.replace(/^\S+ +/, "");
    const decoded = Buffer.from(credentials, "base64").toString("utf8");
    return [credentials, decoded, decoded.replace(/^[^:]*:/, "")];
  });
}
