import { ConfigurationError } from "../errors";

export interface HttpProxy {
  /** The environment variable that names it. */
  variable: string;
  url: string;
  /** Whether the connection to the proxy itself is encrypted. */
  isTls: boolean;
  hasCredentials: boolean;
}

/** In the order in which undici reads them for https. */
const variables = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"];

/**
 * The proxy of https requests.
 *
 * @throws ConfigurationError that does not quote its URL, which may contain a password
 */
export function loadProxy(): HttpProxy | undefined {
  const variable = variables.find((name) => process.env[name]);
  if (variable === undefined) return undefined;
  const url = process.env[variable]?.trim() ?? "";
  const problem = problemOf(url);
  if (problem !== undefined) throw new ConfigurationError([`${variable} ${problem}`]);
  const { protocol, username } = new URL(url);
  return { variable, url, isTls: protocol === "https:", hasCredentials: username !== "" };
}

const percentEncode = "percent-encode special characters in the user and the password";

function problemOf(url: string): string | undefined {
  if (!/^(https?|socks5?):\/\//i.test(url)) {
    return "must begin with http://, like http://proxy.example.com:3128";
  }
  if (url.includes("\\")) {
    return `contains a backslash: ${percentEncode}, like http://DOMAIN%5Cuser:password@proxy.example.com:3128`;
  }
  const parsed = URL.parse(url);
  // A raw delimiter in the password ends the host too early.
  if (parsed === null || /@/.test(parsed.pathname + parsed.search + parsed.hash)) {
    return `is not a valid URL like http://user:password@proxy.example.com:3128: ${percentEncode}, such as / (%2F), # (%23) and ? (%3F)`;
  }
  try {
    decodeURIComponent(parsed.username + parsed.password);
    return undefined;
  } catch {
    return `contains a % that begins no escape: ${percentEncode}, like %25 for %`;
  }
}
