export function withoutSlash(url: string | undefined): string | undefined {
  return url?.replace(/\/+$/, "");
}

/** Says what is wrong without the URL itself, which may hold credentials. */
export function problemOfUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) return "is not an absolute URL";
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username !== "" || password !== "") return "must not hold credentials";
  if (search !== "" || hash !== "") return "must not have a query or a fragment";
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return undefined;
  return "must use https (http is for loopback only)";
}

/** `hostname` as the URL parser writes it: IPv4 addresses in four decimal numbers, IPv6 in brackets. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
