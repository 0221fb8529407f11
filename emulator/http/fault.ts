import type { Endpoint } from "../vcc/endpoints";

/** A fault, and the requests that it applies to. */
export interface FaultRule {
  /** `"api"`: Register and Invoke. `"any"`: these and the token endpoint. */
  target: Endpoint | "api" | "any";
  /** The number of requests. @default 1 */
  times?: number | undefined;
  /** What happens to the request. */
  fault: Fault;
}

/** How a request or its response fails. */
export type Fault =
  | {
      /** A response in place of VCC's; the request has no effect. */
      kind: "status";
      /** 200 to 599. */
      status: number;
      /** They override the default ones, like `Content-Type`. @default none */
      headers?: Record<string, string> | undefined;
      /** @default none; for a 401 or 403 of the API, the one of `refusalBody` */
      body?: string | undefined;
    }
  | {
      /** Resets the connection before the body is read; the request has no effect. */
      kind: "reset";
    }
  | {
      /** The request takes effect; a connection reset replaces the response. */
      kind: "lost-response";
    }
  | {
      /** The request takes effect; the response is delayed. */
      kind: "slow";
      /** The delay in milliseconds, at most 2,147,483,647. */
      ms: number;
    }
  | {
      /** The request takes effect; the response has a body that never ends. */
      kind: "trickle";
      /** More than 0, at most 1,000,000. */
      bytesPerSecond: number;
    }
  | {
      /** The request takes effect; the connection closes in the middle of the body. */
      kind: "truncated";
    }
  | {
      /** The request takes effect; the response has its usual status and malformed JSON. */
      kind: "malformed";
    }
  | {
      /** A gateway's HTML page; the request has no effect. */
      kind: "html";
      /** 200 to 599. */
      status: number;
      /** The length of the page in bytes. @default that of a short page */
      bytes?: number | undefined;
    }
  | {
      /** A redirect; the request has no effect. */
      kind: "redirect";
      /** The content of `Location`. */
      location: string;
      /** @default 302 */
      status?: 301 | 302 | 303 | 307 | 308 | undefined;
    }
  | {
      /** Revokes all tokens before the request is processed. */
      kind: "revoke-token";
    };
