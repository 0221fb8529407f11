import type { Fault } from "../../emulator";
import { type Operation, secrets } from "./resource";

export interface NamedFault {
  name: string;
  fault: Fault;
  /** The number of requests that it affects. @default all */
  times?: number;
}

export type Target = "token" | "register";

/** A server may quote this request and earlier ones. */
function echo(operation: Operation, target: Target): string {
  const { clientSecret, before, after } = secrets;
  const known = {
    create: [after],
    update: [before, after],
    delete: [before],
  }[operation];
  const headers =
    target === "token" ? [] : known.flatMap((token) => [`Bearer ${token}`, btoa(token)]);
  return JSON.stringify({ error: "bad", message: [clientSecret, ...headers].join(" ") });
}

const status = (code: number, body = "", headers: Record<string, string> = {}): Fault => ({
  kind: "status",
  status: code,
  headers,
  body,
});

/** What VCC and the network may do to requests. */
export const faultsFor = (operation: Operation, target: Target): NamedFault[] => [
  { name: "connection reset before the request is read, once", fault: { kind: "reset" }, times: 1 },
  { name: "connection reset before the request is read, always", fault: { kind: "reset" } },
  {
    name: "response lost after the request took effect, once",
    fault: { kind: "lost-response" },
    times: 1,
  },
  { name: "response lost after the request took effect, always", fault: { kind: "lost-response" } },
  { name: "truncated response, once", fault: { kind: "truncated" }, times: 1 },
  {
    name: "slowly trickling response, once",
    fault: { kind: "trickle", bytesPerSecond: 20 },
    times: 1,
  },
  { name: "response after the timeout, once", fault: { kind: "slow", ms: 600 }, times: 1 },
  { name: "malformed JSON in the response, once", fault: { kind: "malformed" }, times: 1 },
  { name: "200 with a proxy's HTML", fault: { kind: "html", status: 200 } },
  { name: "200 with an error in JSON", fault: status(200, '{"error":"blocked"}') },
  { name: "redirect", fault: { kind: "redirect", location: "https://elsewhere.example.com/" } },
  { name: "token revoked, once", fault: { kind: "revoke-token" }, times: 1 },
  { name: "400 that echoes the request", fault: status(400, echo(operation, target)) },
  { name: "401, once", fault: status(401), times: 1 },
  { name: "401, always", fault: status(401, '{"message":"Unauthorized"}') },
  { name: "403", fault: status(403) },
  { name: "408, once", fault: status(408), times: 1 },
  { name: "413", fault: status(413, '{"message":"Payload Too Large"}') },
  { name: "417", fault: status(417, '{"message":"Request size limit exceeded"}') },
  {
    name: "429 with Retry-After: 30, once",
    fault: status(429, "", { "retry-after": "30" }),
    times: 1,
  },
  { name: "429 with Retry-After: 3600", fault: status(429, "", { "retry-after": "3600" }) },
  { name: "429 without Retry-After, twice", fault: status(429), times: 2 },
  {
    name: "429 with a malformed Retry-After, once",
    fault: status(429, "", { "retry-after": "soon" }),
    times: 1,
  },
  { name: "500 that echoes the request, always", fault: status(500, echo(operation, target)) },
  {
    name: "502 with a megabyte of HTML, once",
    fault: { kind: "html", status: 502, bytes: 1_000_000 },
    times: 1,
  },
  { name: "502 with HTML, always", fault: { kind: "html", status: 502 } },
  {
    name: "503 with Retry-After: 20, twice",
    fault: status(503, "", { "retry-after": "20" }),
    times: 2,
  },
  { name: "504, once", fault: status(504), times: 1 },
];
