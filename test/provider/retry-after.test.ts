import { retryAfterMs } from "../../provider/retry-after";

const nowMs = Date.parse("1994-11-06T08:49:30Z");

describe("Retry-After", () => {
  it.each([
    ["seconds", "120", 120_000],
    ["no seconds", "0", 0],
    ["blanks", " 7 ", 7000],
    ["an HTTP date", "Sun, 06 Nov 1994 08:49:37 GMT", 7000],
    ["an HTTP date of RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", 7000],
    ["an HTTP date of asctime", "Sun Nov  6 08:49:37 1994", 7000],
    ["a date that has passed", "Sun, 06 Nov 1994 08:49:00 GMT", 0],
  ])("is understood as %s", (_case, header, expected) => {
    expect(retryAfterMs(header, nowMs)).toBe(expected);
  });

  it.each([
    undefined,
    "",
    "soon",
    "-1",
    "1.5",
    "1e3",
    "1994-11-06T08:49:37Z",
    "Sun, 99 Nov 1994 08:49:37 GMT",
    "99999999999999999999",
    "120, 130",
  ])("is ignored as %j", (header) => {
    expect(retryAfterMs(header, nowMs)).toBeUndefined();
  });
});
