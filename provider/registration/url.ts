import { isLoopback } from "../contract/setting-parsers";
import { text } from "./schema";

/** An absolute URL, whose problems do not quote it. */
function absoluteUrl(problemOf: (url: string) => string | false) {
  return text(
    "the URL",
    problemOf,
    (url) =>
      /[\s\p{Cc}\\]/u.test(url) &&
      "the URL contains whitespace, a control character or a backslash",
    (url) =>
      /^[a-z]+:\/\/[^/?#]*@/i.test(url) &&
      "the URL contains credentials: put them into an Authorization header",
    (url) => url.includes("#") && "the URL has a fragment, which HTTP never sends",
  );
}

function isAbsolute(url: string, scheme: "https" | "http"): boolean {
  return new RegExp(`^${scheme}://[^/?#]`, "i").test(url) && URL.canParse(url);
}

export const Endpoint = absoluteUrl(
  (url) =>
    !isAbsolute(url, "https") && "must be an absolute https URL, like https://crm.example.com/vcc",
);

export const WitnessUrl = absoluteUrl(
  (url) =>
    !isAbsolute(url, "https") &&
    !(isAbsolute(url, "http") && isLoopback(new URL(url).hostname)) &&
    "must be an absolute https URL (http is allowed for loopback only)",
);
