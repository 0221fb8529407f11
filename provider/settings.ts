/**
 * The body of `POST /Register`, as VCC spells it. The only module that knows VCC's wire names.
 *
 * @see the "Register requests" page of the VCC Interactions API
 */

/** The operations that VCC can permit, each spelled as the API requires (case-sensitive). */
export const operations = ["release", "hold", "transferToAgent", "transferToRoute"] as const;
export type Operation = (typeof operations)[number];

/** What VCC permits where nothing is stated: "all operations other than release are not allowed". */
export const defaultPermissions: Readonly<Record<Operation, boolean>> = {
  release: true,
  hold: false,
  transferToAgent: false,
  transferToRoute: false,
};

/** A registration with every permission stated. */
export interface Registration {
  provider: string;
  endpoint?: string | undefined;
  headers?: Record<string, string> | undefined;
  agentActionsPermitted: Record<Operation, boolean>;
}

export interface ProviderSettings {
  provider: string;
  endpoint?: string;
  headers?: Record<string, string>;
  agentactionspermitted: Record<Operation, 0 | 1>;
}

/**
 * VCC documents 100KB without saying which kilobyte, so the smaller reading is the limit.
 * Unit: bytes of the UTF-8 JSON body.
 */
export const maxBodyBytes = 100_000;

export function toSettings({
  provider,
  endpoint,
  headers = {},
  agentActionsPermitted,
}: Registration): ProviderSettings {
  const permission = (operation: Operation) => (agentActionsPermitted[operation] ? 1 : 0);
  return {
    provider,
    ...(endpoint !== undefined && { endpoint }),
    ...(Object.keys(headers).length > 0 && { headers }),
    agentactionspermitted: {
      release: permission("release"),
      hold: permission("hold"),
      transferToAgent: permission("transferToAgent"),
      transferToRoute: permission("transferToRoute"),
    },
  };
}

/**
 * The least that a name can be registered for: VCC calls nobody, holds no header, and agents may
 * only end an interaction. VCC has no delete; this is the nearest to one.
 */
export function leastPowerfulSettings(provider: string): ProviderSettings {
  return toSettings({ provider, agentActionsPermitted: defaultPermissions });
}
