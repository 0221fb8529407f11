import { contradictionOf, describeResponse, quote } from "../../../provider/vcc/response";

describe("response description", () => {
  it.each([
    [
      401,
      '{"error":"invalid_token","error_description":"has expired"}',
      '401 Unauthorized: "invalid_token: has expired"',
    ],
    [401, '{"message":"Unauthorized"}', '401 Unauthorized: "Unauthorized"'],
    [
      400,
      '{"statusCode":400,"error":"Bad Request","message":"no provider"}',
      '400 Bad Request: "Bad Request: no provider"',
    ],
    [403, '{"error":{"code":7,"message":"no access"}}', '403 Forbidden: "no access"'],
    [
      400,
      '{"status":400,"title":"Invalid","errors":[{"message":"missing"},"no"]}',
      '400 Bad Request: "Invalid, missing, no"',
    ],
    [400, '{"Message":"no access"}', '400 Bad Request: "no access"'],
    [400, '{"reason":"no endpoint"}', '400 Bad Request: "{"reason":"no endpoint"}"'],
    [400, '\ufeff{"message":"a BOM"}', '400 Bad Request: "a BOM"'],
    [400, '"wrong body"', '400 Bad Request: "wrong body"'],
    [500, "wrong\n\tmethod\u0007 used", '500 Internal Server Error: "wrong method used"'],
    [
      502,
      "<html><head><title>Bad gateway</title></head><body>x</body></html>",
      '502 Bad Gateway: "Bad gateway"',
    ],
    [503, "<p>Timeout,</p>\n<p>closed</p>", '503 Service Unavailable: "Timeout, closed"'],
    [500, "", "500 Internal Server Error"],
    [500, "{}", "500 Internal Server Error"],
    [500, "null", "500 Internal Server Error"],
    [599, "", "599"],
  ])("describes %i %j in one line", (status, body, line) => {
    expect(describeResponse({ status, headers: {}, body }, [])).toBe(line);
  });

  it("shows the status, also if a secret contains it, and hides that in the body", () => {
    const response = { status: 422, headers: {}, body: '{"message":"bad 4224 entity"}' };
    expect(describeResponse(response, ["4224 entity"])).toBe('422 Unprocessable Entity: "bad …"');
  });
});

describe("a quotation", () => {
  it("is one line, and empty for an empty text", () => {
    expect(quote(" The\r\n\ttoken\u0000is\u0085missing ", [])).toBe('"The token is missing"');
    expect(quote(" \n", [])).toBe("");
  });

  it("is cut after 300 characters", () => {
    const longest = `${"token ".repeat(49)}tokens`;
    expect(quote(longest, [])).toBe(`"${longest}"`);
    expect(quote("token ".repeat(51), [])).toBe(`"${"token ".repeat(50).slice(0, 299)}…"`);
  });

  it("shows no part of a secret at which a long text is cut", () => {
    expect(quote(`${"Zq9 ".repeat(1022)}canary-tokens`, ["canary-tokens"])).toBe('"…"');
  });

  it("hides the longest secret in the longest text within three seconds", () => {
    const secret = Array.from({ length: 20_000 }, (_, n) => `${n}`.padStart(5, "x")).join("");
    const start = performance.now();
    expect(quote(secret, [secret])).toBe('"…"');
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe("a success", () => {
  const reason = (body: string, type = "") =>
    contradictionOf(
      { status: 200, headers: { "content-type": type }, body },
      "https://emea.api.newvoicemedia.com/interactions/Register",
    );
  const page = "<!DOCTYPE html><title>Blocked</title>";
  const utf16 = (encode: (text: Buffer) => Buffer) =>
    encode(Buffer.from(`\ufeff${page}`, "utf16le")).toString("utf8");

  it.each([
    ["an empty body", ""],
    ["an empty body that .NET calls HTML", "", "text/html"],
    ["whitespace", " \r\n", "text/html"],
    ["text", "OK", "text/plain"],
    ["text that contains a tag", "registered <Crm>"],
    ["an empty object", "{}"],
    ["a message", '{"message":"registered"}', "application/json"],
    ["the settings, with a header of that name", '{"provider":"Crm","headers":{"error":"x"}}'],
    ["no errors", '{"error":null,"errors":[],"status":200,"statusCode":"204"}'],
    ["no errors in an object", '{"errors":{},"error":"","status":"ok"}'],
    ["a list", '[{"error":"x"}]'],
    ["a string", '"error"'],
    ["a number", "500"],
    ["incomplete JSON", '{"provider":"Crm","errors":[], "error":null,"mess'],
  ])("acknowledges with %s", (_case, body, type = "") => {
    expect(reason(body, type)).toBeUndefined();
  });

  it.each([
    ["HTML", page, "text/html"],
    ["HTML with parameters and other case", "Blocked", " TEXT/HTML; charset=utf-8"],
    ["HTML without a type", page],
    ["HTML that claims to be JSON", page, "application/json"],
    ["HTML after whitespace", `\r\n\t ${page}`],
    ["HTML after a BOM", `\ufeff${page}`],
    ["UTF-16, little endian", utf16((text) => text)],
    ["UTF-16, big endian", utf16((text) => text.swap16())],
    ["XHTML", '<?xml version="1.0"?><html/>', "application/xhtml+xml"],
    ["XML", "<Error/>", "application/xml"],
    ["a comment", "<!-- blocked -->"],
    ["the start of a page", "<"],
  ])("does not acknowledge with %s", (_case, body, type = "") => {
    expect(reason(body, type)).toBe(
      "The response is a web page from emea.api.newvoicemedia.com, not from VCC. Check the proxy, the region and the URL",
    );
  });

  it.each([
    '{"error":"blocked"}',
    '{"error":{"code":7}}',
    '{"Error":true}',
    '{"errors":["no"]}',
    '{"errors":{"provider":["no"]}}',
    '{"errors":"no"}',
    '{"status":403,"message":"blocked"}',
    '{"statusCode":400}',
    '{"StatusCode":"502"}',
    '\ufeff {"error":"blocked"}',
    '{"errors":["the list is too long to arrive',
    '{"statusCode": 503, "mess',
    '{"message":"blocked","error" : {"co',
  ])("does not acknowledge with %j", (body) => {
    expect(reason(body)).toMatch(
      /^The body contradicts the status, so the response from emea\.api\.newvoicemedia\.com is not/,
    );
  });
});
