import { parseJson } from "../parse-json";
import type { Pulumi } from "./pulumi";

/** The secrets in the configuration of a stack; none if it cannot be decrypted. */
export async function secretsOfStack(
  pulumi: Pulumi,
  directory: string,
  stackOption: string[],
): Promise<string[]> {
  const args = ["config", "--show-secrets", "--json", ...stackOption];
  const { stdout } = await pulumi(args, directory);
  const entries = (parseJson(stdout) ?? {}) as Record<string, ConfigurationValue>;
  return Object.values(entries).flatMap(({ secret, value, objectValue }) =>
    secret === true ? [value ?? "", ...texts(objectValue)].filter(Boolean) : [],
  );
}

interface ConfigurationValue {
  value?: string;
  objectValue?: unknown;
  secret?: boolean;
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
