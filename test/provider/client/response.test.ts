import { describeResponse } from "../../../provider/client/response";

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
      '{"status":400,"title":"Invalid","errors":[{"message":"a"},"b"]}',
      '400 Bad Request: "Invalid, a, b"',
    ],
    [400, '"just text"', '400 Bad Request: "just text"'],
    [500, "plain\n\ttext\u0007 here", '500 Internal Server Error: "plain text here"'],
    [
      502,
      "<html><head><title>Bad gateway</title></head><body>x</body></html>",
      '502 Bad Gateway: "Bad gateway"',
    ],
    [503, "<p>Sorry,</p>\n<p>closed</p>", '503 Service Unavailable: "Sorry, closed"'],
    [500, "", "500 Internal Server Error"],
    [500, "{}", "500 Internal Server Error"],
    [500, "null", "500 Internal Server Error"],
    [599, "", "599"],
  ])("describes %i %j in one line", (status, body, line) => {
    expect(describeResponse({ status, headers: {}, body }, [])).toBe(line);
  });

  it("cuts a long message", () => {
    const line = describeResponse({ status: 500, headers: {}, body: "x".repeat(10_000) }, []);
    expect(line.length).toBeLessThan(350);
    expect(line).toMatch(/x…"$/);
  });

  it("hides secrets in the message, not in the status", () => {
    const response = { status: 422, headers: {}, body: '{"message":"bad value 4224 in x"}' };
    expect(describeResponse(response, ["4224", "422"])).toBe(
      '422 Unprocessable Entity: "bad value [secret] in x"',
    );
  });
});
