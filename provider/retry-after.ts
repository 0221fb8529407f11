const weekday = "(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?";
/** The forms of an HTTP date, the obsolete ones too. @see RFC 9110, section 5.6.7 */
const httpDate = new RegExp(
  `^${weekday}, \\d\\d[ -][A-Z][a-z]{2}[ -]\\d{2,4} \\d\\d:\\d\\d:\\d\\d GMT$|` +
    `^${weekday} [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}$`,
);

/**
 * How long an answer asks to wait, in milliseconds: `Retry-After` as seconds or as an HTTP date. What
 * is malformed is ignored.
 *
 * @see RFC 9110, section 10.2.3
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!httpDate.test(text)) return undefined;
  const dateMs = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
