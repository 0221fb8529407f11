import { json } from "node:stream/consumers";
import * as z from "zod/mini";
import { type Redirect, sendRequest } from "./delivery";
import { parse } from "./schema";
import type { ProviderSettings } from "./vcc/provider-settings";

/** What the witness of a registration says. */
export interface WitnessReport {
  /** The registered name. */
  provider: string;
  /**
   * `"in use"` if the last notification carried this registration, `"other"` if it carried another one
   * or none, `"nothing yet"` before the first.
   */
  says: "in use" | "other" | "nothing yet" | "unreachable";
  /** When the last notification arrived: UTC, RFC 3339, of the witness's clock. `null` without one. */
  at: string | null;
}

const witnessPath = "/.well-known/vcc-registration";
const timeoutMs = 1000;

const Evidence = z.object({
  registrations: z.array(
    z.object({ registration: z.nullable(z.string()), lastSeenAt: z.string() }),
  ),
});

/** Asks the witnesses of all registrations that carry the header for one. */
export async function askWitnesses(
  registrations: ProviderSettings[],
  token: string,
  redirect: Redirect,
): Promise<WitnessReport[]> {
  const reports = registrations.map(async ({ provider, endpoint, headers }) => {
    const registration = new Headers(headers).get("x-vcc-registration");
    if (endpoint === undefined || registration === null) return [];
    const url = redirect(new URL(witnessPath, endpoint).href);
    return [{ provider, ...(await ask(url, token, registration)) }];
  });
  return (await Promise.all(reports)).flat();
}

async function ask(
  url: string,
  token: string,
  registration: string,
): Promise<Omit<WitnessReport, "provider">> {
  try {
    const response = await sendRequest(url, {
      headers: new Headers({ authorization: `Bearer ${token}` }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.statusCode !== 200) throw new Error(String(response.statusCode));
    const [last] = parse(Evidence, await json(response)).registrations;
    if (last === undefined) return { says: "nothing yet", at: null };
    return { says: last.registration === registration ? "in use" : "other", at: last.lastSeenAt };
  } catch {
    return { says: "unreachable", at: null };
  }
}
