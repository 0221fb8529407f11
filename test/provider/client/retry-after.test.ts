import { retryAfterMs } from "../../../provider/client/retry";

const nowMs = Date.parse("1994-11-06T08:49:30Z");

describe("Retry-After", () => {
  it.each([
    ["seconds", "120", 120_000],
    ["zero seconds", "0", 0],
    ["surrounded by whitespace", " 7 ", 7000],
    ["an HTTP date", "Sun, 06 Nov 1994 08:49:37 GMT", 7000],
    ["an HTTP date of RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", 7000],
    ["an HTTP date of asctime", "Sun Nov  6 08:49:37 1994", 7000],
    ["a date that has passed", "Sun, 06 Nov 1994 08:49:00 GMT", 0],
  ])("is parsed: %s", (_case, header, expected) => {
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
  ])("is ignored: %j", (header) => {
    expect(retryAfterMs(header, nowMs)).toBeUndefined();
  });
});
