import { parseJson } from "../parse-json";
import { createPulumi } from "./pulumi";
import { toInspectionError } from "./pulumi-error";

/**
 * The decrypted configuration of a stack of the project in this directory, as a provider process gets it.
 *
 * @throws InspectionError if Pulumi cannot read it
 */
export async function loadStackConfiguration(
  stack: string,
): Promise<(key: string) => string | undefined> {
  const result = await createPulumi()(
    ["config", "--json", "--show-secrets", "--stack", stack],
    process.cwd(),
  );
  const configuration = parseJson(result.stdout) as Record<string, { value?: string }> | undefined;
  if (result.failed || configuration === undefined) throw toInspectionError(result);
  return (key) => configuration[key]?.value;
}
