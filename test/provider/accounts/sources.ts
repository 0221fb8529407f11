import { stackSources } from "../../../provider/accounts/setting-sources";
import { ConfigurationError } from "../../../provider/errors";

export function sources(
  configuration: Record<string, string>,
  environment: Record<string, string> = {},
) {
  return stackSources((key) => configuration[key], environment);
}

export function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}
