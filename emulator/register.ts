import type { Behaviour } from "./behaviour";
import { type ProviderSettings, problemOfSettings } from "./provider-settings";
import type { Registrations } from "./registrations";
import { error, type Reply, success } from "./reply";

/** `POST /interactions/Register`: a body that it takes is stored as it is. */
export function register(
  body: unknown,
  { registrations, behaviour }: { registrations: Registrations; behaviour: Behaviour },
): Reply {
  const problem = problemOfSettings(body, behaviour);
  if (problem !== undefined) return error(400, problem);
  const settings = body as ProviderSettings;
  registrations.put(settings);
  return success(behaviour, settings.provider);
}
