import { noProxyExport } from "../../cli/shell";

const proxy = "http://proxy.example.com:3128";

describe("noProxyExport", () => {
  it.each([
    ["no proxy is set", {}],
    ["the proxy is empty", { HTTP_PROXY: "", NO_PROXY: "" }],
    ["127.0.0.1 is exempted", { HTTP_PROXY: proxy, NO_PROXY: "localhost, 127.0.0.1" }],
    ["its port is exempted", { http_proxy: proxy, no_proxy: "127.0.0.1:4010" }],
    ["everything is exempted", { HTTPS_PROXY: proxy, NO_PROXY: "*" }],
  ])("returns nothing if %s", (_case, environment) => {
    expect(noProxyExport(environment, "4010")).toBeUndefined();
  });

  it.each([
    [{ HTTP_PROXY: proxy }, "export NO_PROXY=127.0.0.1"],
    [{ HTTPS_PROXY: proxy }, "export NO_PROXY=127.0.0.1"],
    [{ https_proxy: proxy, NO_PROXY: "" }, "export NO_PROXY=127.0.0.1"],
    [
      { http_proxy: proxy, NO_PROXY: "corp.example,127.0.0.1:80" },
      "export NO_PROXY='corp.example,127.0.0.1:80,127.0.0.1'",
    ],
    [
      { HTTP_PROXY: proxy, NO_PROXY: "127.0.0.1", no_proxy: "a.example" },
      "export no_proxy='a.example,127.0.0.1'",
    ],
  ])("adds 127.0.0.1 to the exceptions: %j", (environment, line) => {
    expect(noProxyExport(environment, "4010")).toBe(line);
  });
});
