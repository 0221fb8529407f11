/**
 * Identifies a name within an account. VCC does not document whether it distinguishes names by case or
 * Unicode normalization, so names that differ only in these have one key.
 */
export function nameKey(region: string, provider: string): string {
  return `${region}/${provider.normalize("NFC").toLowerCase()}`;
}

/**
 * The operations that VCC can permit, in its own case-sensitive spelling, and whether it permits
 * each by default: "all operations other than the release operation are not allowed".
 *
 * @see the "Register requests" page of the VCC Interactions API
 */
export const defaultPermissions: Permissions = {
  release: true,
  hold: false,
  transferToAgent: false,
  transferToRoute: false,
};

/** An operation that VCC can permit. */
export type Operation = "release" | "hold" | "transferToAgent" | "transferToRoute";
export const operations = Object.keys(defaultPermissions) as Operation[];

/** Every operation, permitted or not. */
export type Permissions = Record<Operation, boolean>;

/** A registration with all permissions stated. */
export interface Registration {
  provider: string;
  endpoint?: string | undefined;
  headers?: Record<string, string> | undefined;
  agentActionsPermitted: Permissions;
}

/**
 * The body of `POST /Register`. Only this module knows its property names.
 *
 * @see the "Register requests" page of the VCC Interactions API
 */
export interface ProviderSettings {
  provider: string;
  endpoint?: string;
  headers?: Record<string, string>;
  agentactionspermitted: Record<Operation, 0 | 1>;
}

/**
 * The size limit of the body. VCC documents 100KB, but not whether a kilobyte has 1,000 or 1,024
 * bytes, so this is the smaller limit. Unit: bytes of UTF-8 JSON.
 */
export const maxBodyBytes = 100_000;

export function toProviderSettings({
  provider,
  endpoint,
  headers = {},
  agentActionsPermitted,
}: Registration): ProviderSettings {
  return {
    provider,
    ...(endpoint !== undefined && { endpoint }),
    ...(Object.keys(headers).length > 0 && { headers }),
    agentactionspermitted: Object.fromEntries(
      operations.map((operation) => [operation, agentActionsPermitted[operation] ? 1 : 0]),
    ) as ProviderSettings["agentactionspermitted"],
  };
}

/**
 * The minimal registration of a name: VCC sends no notifications, holds no headers, and agents may
 * only end interactions. VCC cannot delete a registration; this is the closest equivalent.
 */
export function resetSettings(provider: string): ProviderSettings {
  return toProviderSettings({ provider, agentActionsPermitted: defaultPermissions });
}
