import type { ProviderSettings } from "../dist/emulator/vcc/provider-settings.js";

/** What every candidate declares: `count` registrations with an endpoint, two secret headers and permissions. */
export interface Workload {
  count: number;
  callbackToken: string;
  apiKey: string;
}

/** Part of every secret, so that a leaked secret can be found. */
export const canary = "canary-";

export const clientSecret = `${canary}client-secret`;

/** @param rotation the version of the callback token, and so of one header of each registration */
export function createWorkload(count: number, rotation: number): Workload {
  return {
    count,
    callbackToken: `${canary}callback-token-${rotation}`,
    apiKey: `${canary}api-key`,
  };
}

/** The registrations that VCC must hold for a workload. The programs declare the same. */
export function registrationsOf({ count, callbackToken, apiKey }: Workload): ProviderSettings[] {
  return Array.from({ length: count }, (_, i) => ({
    provider: `Crm${i}`,
    endpoint: `https://crm.example.com/vcc/${i}`,
    headers: { Authorization: `Bearer ${callbackToken}-${i}`, "X-Api-Key": `${apiKey}-${i}` },
    agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
  }));
}
