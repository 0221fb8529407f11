import { parseDuration, problemOfReassertEvery } from "../duration";
import { isLoopback } from "../loopback";
import { suggestion } from "../suggestion";

/**
 * Turns the text of a setting into its value. A problem is the rest of a sentence that begins with
 * the name of the setting; it contains no value that may be secret.
 */
export type Parser<Value> = (text: string) => { value: Value } | { problem: string };

export function oneOf<const Choice extends string>(choices: readonly Choice[]): Parser<Choice> {
  return (text) => {
    const value = choices.find((choice) => choice === text);
    return value === undefined
      ? { problem: `is ${JSON.stringify(text)}: ${suggestion(text, choices)}` }
      : { value };
  };
}

export const parseText: Parser<string> = (value) => ({ value });

/** Printable ASCII: it must fit into an HTTP header. */
export const parseCredential: Parser<string> = (value) =>
  /^[ -~]+$/.test(value)
    ? { value }
    : {
        problem: "contains a line break or a character that is not ASCII",
      };

export const parsePositiveInteger: Parser<number> = (text) =>
  /^[1-9]\d{0,8}$/.test(text)
    ? { value: Number(text) }
    : { problem: "must be a whole number, 1 or more" };

/** Unit of the value: milliseconds. */
export const parseTimeout: Parser<number> = (text) => {
  const value = parseDuration(text, ["s", "m", "h"]);
  return Number.isNaN(value)
    ? { problem: 'must be a duration like "90s", "5m" or "1h"' }
    : { value };
};

/** The text itself: `registration/reassert-window` derives a calendar window from it. */
export const parseReassertEvery: Parser<string> = (value) => {
  const problem = problemOfReassertEvery(value);
  return problem === undefined ? { value } : { problem };
};

/**
 * A base URL without a slash at the end. The problem does not quote it: it may contain credentials.
 */
export const parseBaseUrl: Parser<string> = (text) => {
  if (!URL.canParse(text)) return { problem: "is not an absolute URL" };
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username !== "" || password !== "") return { problem: "must not contain credentials" };
  if (search !== "" || hash !== "") return { problem: "must not have a query or a fragment" };
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) {
    return { value: text.replace(/\/+$/, "") };
  }
  return { problem: "must use https (http is allowed for loopback only)" };
};
