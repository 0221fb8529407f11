import { STATUS_CODES } from "node:http";
import { FastResponse } from "srvx/node";
import type { Behavior } from "./behavior";
import { InvalidInput } from "./schema";

const withoutBody = new Set([204, 205, 304]);

/** @param headers in lower case; they override the default ones */
export function respond(
  status: number,
  body: string | Buffer | ReadableStream = "",
  headers: Record<string, string> = {},
): Response {
  const bodiless = withoutBody.has(status);
  const hasLength = !bodiless && !(body instanceof ReadableStream);
  return new FastResponse(bodiless || body === "" ? null : body, {
    status,
    statusText: STATUS_CODES[status] ?? "",
    headers: {
      ...(hasLength && { "content-length": String(Buffer.byteLength(body)) }),
      ...headers,
    },
  });
}

export function json(status: number, body: unknown, headers?: Record<string, string>): Response {
  return respond(status, JSON.stringify(body), { "content-type": "application/json", ...headers });
}

/** An error in the format of the API. */
export function error(
  status: number,
  message: string = STATUS_CODES[status] ?? "",
  headers?: Record<string, string>,
): Response {
  return json(status, { message }, headers);
}

/** The response to what a route throws. */
export function errorOf(cause: unknown): Response {
  const { message, code } = cause as NodeJS.ErrnoException;
  if (cause instanceof InvalidInput) return error(400, message);
  return code === "ERR_BODY_TOO_LARGE" ? error(413) : error(500, message);
}

/** A successful Register or Invoke. */
export function success({ successStatus, successBody }: Behavior): Response {
  switch (successStatus === 204 ? "empty" : successBody) {
    case "empty":
      return respond(successStatus);
    case "object":
      return json(successStatus, {});
    case "text":
      return respond(successStatus, "OK", { "content-type": "text/plain" });
  }
}

/** A 401 or 403 of the API. */
export function denial(
  { refusalBody }: Behavior,
  status: 401 | 403,
  code: string,
  description: string,
): Response {
  switch (refusalBody) {
    case "error":
      return json(status, { error: code, error_description: description });
    case "message":
      return error(status);
    case "html":
      return htmlPage(status);
    case "empty":
      return respond(status);
  }
}

/** A gateway's HTML page. `bytes` pads or truncates it. */
export function htmlPage(status: number, bytes?: number): Response {
  const title = `${status} of the local VCC`;
  const start = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1>`;
  const end = "</body></html>\n";
  const body =
    bytes === undefined ? start + end : (start.padEnd(bytes - end.length) + end).slice(0, bytes);
  return respond(status, body, { "content-type": "text/html" });
}
