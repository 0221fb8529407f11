import { loadProxy } from "../../../provider/vcc/proxy";
import { withoutProxyVariables } from "./environment";

const percentEncode = /percent-encode special characters in the user and the password/;

describe("the proxy", () => {
  withoutProxyVariables();

  const load = (value: string) => {
    process.env.HTTPS_PROXY = value;
    return loadProxy();
  };

  it("comes from the first variable that is set", () => {
    expect(loadProxy()).toBeUndefined();
    const names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"];
    for (const name of names) {
      process.env[name] = `http://${name.toLowerCase().replace("_", "-")}:3128`;
      expect(loadProxy()?.variable).toBe(name);
    }
    process.env.https_proxy = "";
    expect(loadProxy()?.variable).toBe("HTTPS_PROXY");
  });

  it.each([
    ["http://proxy:3128", false, false],
    ["https://proxy", true, false],
    ["HTTP://user@proxy/", false, true],
    ["http://CORP%5Cuser:p%40ss%25:word@[::1]:3128", false, true],
    ["http://user:p@ss@proxy:3128/path", false, true],
    ["socks5://proxy:1080", false, false],
    [" http://proxy:3128\n", false, false],
  ])("is valid: %j", (value, isTls, hasCredentials) => {
    expect(load(value)).toMatchObject({ url: value.trim(), isTls, hasCredentials });
  });

  it.each([
    ["proxy:3128", /must begin with http:\/\/, like http:\/\/proxy\.example\.com:3128$/],
    ["127.0.0.1:3128", /must begin with http:\/\//],
    ["user:canary@proxy:3128", /must begin with http:\/\//],
    ["//user:canary@proxy:3128", /must begin with http:\/\//],
    ["http//user:canary@proxy", /must begin with http:\/\//],
    ["ftp://user:canary@proxy", /must begin with http:\/\//],
    ['"http://user:canary@proxy"', /must begin with http:\/\//],
    [
      "http://CORP\\user:canary@proxy:3128",
      /contains a backslash.*http:\/\/DOMAIN%5Cuser:password@/,
    ],
    ["http://user:canary%@proxy:3128", /contains a % that begins no escape.*like %25 for %/],
    ["http://user:100%canary@proxy:3128", /contains a % that begins no escape/],
    ["http://user:1/canary@proxy:3128", percentEncode],
    ["http://user:canary#@proxy:3128", percentEncode],
    ["http://user:canary@1/2@proxy:3128", percentEncode],
    ["http://user:1?canary@proxy:3128", percentEncode],
    ["http://user:1#canary@proxy:3128", percentEncode],
    ["http://user:canary@proxy:port", percentEncode],
    ["http://", percentEncode],
  ])("is invalid, with what works instead, and without a password: %j", (value, problem) => {
    let message = "";
    try {
      load(value);
    } catch (error) {
      message = String(error);
    }
    expect(message).toMatch(/^ConfigurationError: HTTPS_PROXY /);
    expect(message).toMatch(problem);
    expect(message).not.toContain("canary");
  });
});
