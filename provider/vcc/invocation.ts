import { randomUUID } from "node:crypto";

/**
 * The body of `POST /Invoke`. Only this module knows its property names. VCC does not process a `requestid`
 * again, so that a request can be repeated.
 *
 * @see the "Invoke" page of the VCC Interactions API
 */
export interface Invocation {
  provider: string;
  requests: [
    { requestid: string; externalid: string } & (
      | { action: "dispatch"; route: string }
      | { action: "release" }
    ),
  ];
}

interface Interaction {
  /** The registered name. A release requires that of the dispatch. */
  provider: string;
  externalid: string;
}

/** Sends an interaction to a route, so that VCC assigns it to an agent. */
export function dispatchOf({
  provider,
  externalid,
  route,
}: Interaction & { route: string }): Invocation {
  const request = { action: "dispatch", requestid: randomUUID(), externalid, route } as const;
  return { provider, requests: [request] };
}

/** Ends an interaction. */
export function releaseOf({ provider, externalid }: Interaction): Invocation {
  return { provider, requests: [{ action: "release", requestid: randomUUID(), externalid }] };
}
