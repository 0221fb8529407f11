import { showAnswersVariable } from "../config/answers";
import { isKnownWord } from "./vocabulary";

/** What messages may show of a response. */
export interface Disclosure {
  /** What the request contains and no message may show, in clear. */
  secrets: readonly string[];
  /** Shows everything except the secrets, instead of known words only. */
  showAnswers: boolean;
}

/** Longer quotations are cut. Unit: characters. */
const maxQuotationLength = 300;
/** Longer text is cut before the search for secrets. Unit: characters. */
const maxSearchedLength = 4096;
/** Stands for what is hidden. */
const hidden = "…";

/**
 * Quotes a text of a response in one line, like `"Unknown field …"`. It shows only known words that
 * are no part of a secret: a response may encode secrets in ways that nobody can enumerate. Empty
 * for an empty text.
 *
 * @param status of the response, the only number that is shown
 */
export function quote(text: string, { secrets, showAnswers }: Disclosure, status?: number): string {
  const line = text
    .slice(0, maxSearchedLength)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  if (line === "") return "";
  const normalized = secrets
    .map((secret) => secret.replace(/\s+/g, " "))
    .filter(({ length }) => length >= minSecretLength);
  const withoutSecrets = hideSecrets(line, normalized);
  if (showAnswers) return `"${cut(withoutSecrets)}"`;
  const shown = hideUnknown(withoutSecrets, normalized, status);
  const hint = shown === line ? "" : ` (set ${showAnswersVariable}=true to see all)`;
  return `"${cut(shown)}"${hint}`;
}

function cut(text: string): string {
  return text.length > maxQuotationLength ? `${text.slice(0, maxQuotationLength - 1)}…` : text;
}

/** Hiding shorter secrets and words would reveal them, and garble most messages. */
const minSecretLength = 4;
/** Hiding shorter parts of secrets would hide what they share with ordinary text. */
const minPartLength = 8;

/** Hides secrets, also if the text contains only a part of one, or differs by case. */
function hideSecrets(text: string, secrets: readonly string[]): string {
  const searched = foldCase(text);
  const isHidden = new Array<boolean>(text.length).fill(false);
  for (const secret of secrets.map(foldCase)) {
    const size = Math.min(secret.length, minPartLength);
    const parts = new Set(
      Array.from({ length: secret.length - size + 1 }, (_, at) => secret.slice(at, at + size)),
    );
    for (let at = 0; at + size <= text.length; at += 1) {
      if (parts.has(searched.slice(at, at + size))) isHidden.fill(true, at, at + size);
    }
  }
  return text
    .split("")
    .map((character, at) => (!isHidden[at] ? character : isHidden[at - 1] ? "" : hidden))
    .join("");
}

/** Keeps the length, so that positions remain the same. */
function foldCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Hides each run of words that are unknown or part of a secret. */
function hideUnknown(line: string, secrets: readonly string[], status?: number): string {
  const foldedSecrets = secrets.map(foldCase);
  const isPartOfSecret = (word: string) =>
    word.length >= minSecretLength &&
    foldedSecrets.some((secret) => secret.includes(foldCase(word)));
  const isHarmless = (word: string) => {
    const parts = camelCaseParts(word);
    if ([word, ...parts].some(isPartOfSecret)) return false;
    return word === String(status) || isKnownWord(word) || parts.every(isKnownWord);
  };
  const shown: string[] = [];
  for (const chunk of line.split(" ")) {
    if (wordsOf(chunk).every(isHarmless)) shown.push(chunk);
    else if (shown.at(-1) !== hidden) shown.push(hidden);
  }
  return shown.join(" ");
}

/** A word, or words joined as in `invalid_client:` or `(https://api.vonage.com).` */
const punctuated = /^["'([{<]{0,2}(\w.*?)["')\]}>.,:;!?]{0,3}$/;

/** The words of a text without whitespace. Other characters than letters and digits make one word. */
function wordsOf(chunk: string): string[] {
  if (chunk === "-") return [];
  const [, core = chunk] = punctuated.exec(chunk) ?? [];
  return isKnownWord(core) ? [core] : core.split(/:\/\/|[-_:/.,=]/);
}

/** `transferToAgent` → `transfer`, `To`, `Agent` */
function camelCaseParts(word: string): string[] {
  return word.split(/(?<=[a-z])(?=[A-Z])/);
}
