import {
  defaultPermissions,
  type Operation,
  operations,
  type Permissions,
} from "../contract/permissions";

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
