import type { Behavior } from "../behavior";
import { error, type Reply, success } from "../reply";
import { type ProviderSettings, problemOfSettings } from "./provider-settings";
import type { Registrations } from "./registrations";

/** `POST /interactions/Register` stores a valid body unchanged. */
export function register(
  body: unknown,
  { registrations, behavior }: { registrations: Registrations; behavior: Behavior },
): Reply {
  const problem = problemOfSettings(body, behavior);
  if (problem !== undefined) return error(400, problem);
  const settings = body as ProviderSettings;
  registrations.put(settings);
  return success(behavior, settings.provider);
}
