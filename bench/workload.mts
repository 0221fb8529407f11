import type { ProviderSettings } from "../dist/emulator/vcc/provider-settings.js";

/** What every contestant declares: `count` registrations with an endpoint, two secret headers and permissions. */
export interface Workload {
  count: number;
  callbackToken: string;
  apiKey: string;
}

/** Stands in every secret, to be searched for where no secret belongs. */
export const canary = "canary-";

export const clientSecret = `${canary}client-secret`;

/** @param rotation how often the callback token, and with it a header of each registration, has changed */
export function createWorkload(count: number, rotation: number): Workload {
  return {
    count,
    callbackToken: `${canary}callback-token-${rotation}`,
    apiKey: `${canary}api-key`,
  };
}

/** What a VCC then has to hold. The programs say the same in their own words. */
export function registrationsOf({ count, callbackToken, apiKey }: Workload): ProviderSettings[] {
  return Array.from({ length: count }, (_, i) => ({
    provider: `Crm${i}`,
    endpoint: `https://crm.example.com/vcc/${i}`,
    headers: { Authorization: `Bearer ${callbackToken}-${i}`, "X-Api-Key": `${apiKey}-${i}` },
    agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
  }));
}
