import { checkConformance } from "../../../cli/conformance/conformance";
import type { Target } from "../../../cli/conformance/session";

/** Asks a server that has the emulator's client. */
export function ask(
  server: { apiUrl: string; authUrl: string },
  {
    signal = new AbortController().signal,
    ...changes
  }: Partial<Target> & { signal?: AbortSignal } = {},
) {
  const target: Target = {
    connection: {
      region: "emea",
      ...server,
      clientAuthentication: "form",
      maxConcurrency: 1,
      totalTimeoutMs: 5000,
    },
    credentials: { clientId: "emulator", clientSecret: "emulator-secret" },
    ...changes,
  };
  return checkConformance(target, signal, () => {});
}
