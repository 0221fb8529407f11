import type { Behavior } from "./behavior";

/** A response, before a fault alters it. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string;
  /** The name in the body of a successful Register or Invoke. */
  provider?: string;
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  const type = { "content-type": "application/json" };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(body) };
}

/** An error in the format of the API. */
export function error(status: number, message: string, headers?: Record<string, string>): Reply {
  return json(status, { message }, headers);
}

/** A successful Register or Invoke. */
export function success(
  { successStatus: status, successBody }: Behavior,
  provider: string | undefined,
): Reply {
  const named = provider === undefined ? {} : { provider };
  if (status === 204 || successBody === "empty") return { status, ...named };
  return successBody === "object"
    ? { ...json(status, {}), ...named }
    : { status, headers: { "content-type": "text/plain" }, body: "OK", ...named };
}

/** A 401 or 403 of the API. */
export function authError(
  { refusalBody }: Behavior,
  status: 401 | 403,
  code: string,
  description: string,
): Reply {
  switch (refusalBody) {
    case "error":
      return json(status, { error: code, error_description: description });
    case "message":
      return error(status, status === 401 ? "Unauthorized" : "Forbidden");
    case "html":
      return page(status);
    case "empty":
      return { status };
  }
}

/** A gateway's HTML page. `bytes` pads or truncates it. */
export function page(status: number, bytes?: number): Reply {
  const title = `${status} of the local VCC`;
  const start = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1>`;
  const end = "</body></html>\n";
  const body =
    bytes === undefined ? start + end : (start.padEnd(bytes - end.length) + end).slice(0, bytes);
  return { status, headers: { "content-type": "text/html" }, body };
}
