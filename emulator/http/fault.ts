import type { Endpoint } from "../vcc/endpoints";

/** A fault, and the requests that it applies to. */
export interface FaultRule {
  /** `"api"`: Register and Invoke. `"any"`: these and the token endpoint. */
  target: Endpoint | "api" | "any";
  /** The number of requests. @default 1 */
  times?: number | undefined;
  fault: Fault;
}

export type Fault =
  /**
   * A response in place of VCC's; the request has no effect. If there is no body, a 401 or 403 of the
   * API has the one of `refusalBody`, and other responses have none.
   */
  | {
      kind: "status";
      status: number;
      headers?: Record<string, string> | undefined;
      body?: string | undefined;
    }
  /** Resets the connection before the body is read; the request has no effect. */
  | { kind: "reset" }
  /** The request takes effect; a connection reset replaces the response. */
  | { kind: "lost-answer" }
  /** The request takes effect; the response comes after `ms` milliseconds. */
  | { kind: "slow"; ms: number }
  /** The request takes effect; the response has a body that never ends. */
  | { kind: "trickle"; bytesPerSecond: number }
  /** The request takes effect; the connection closes in the middle of the body. */
  | { kind: "truncated" }
  /** The request takes effect; the response has its usual status and malformed JSON. */
  | { kind: "malformed" }
  /** A gateway's HTML page of `bytes` bytes; the request has no effect. */
  | { kind: "html"; status: number; bytes?: number | undefined }
  /** The request has no effect. The default status is 302. */
  | { kind: "redirect"; location: string; status?: 301 | 302 | 303 | 307 | 308 | undefined }
  /** Revokes all tokens before the request is processed. */
  | { kind: "revoke-token" };
