import type { Disclosure } from "../../../provider/client/quotation";
import { describeResponse } from "../../../provider/client/response";

const withoutSecrets: Disclosure = { secrets: [], showAnswers: false };

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
    expect(describeResponse({ status, headers: {}, body }, withoutSecrets)).toBe(line);
  });

  it("shows the status and its reason, also if a secret contains them", () => {
    const response = { status: 422, headers: {}, body: '{"message":"422"}' };
    expect(describeResponse(response, { secrets: ["4224 entity"], showAnswers: false })).toBe(
      '422 Unprocessable Entity: "422"',
    );
  });
});
