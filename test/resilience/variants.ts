import type { Behavior } from "../../emulator";

/**
 * The variants of what VCC leaves undocumented. None may affect a registration.
 */
export const variants: Array<Partial<Behavior>> = [
  {},
  ...([200, 201, 202] as const).flatMap((successStatus) =>
    (["empty", "object", "text"] as const).map((successBody) => ({ successStatus, successBody })),
  ),
  { successStatus: 204 },
  { refusalBody: "message" },
  { refusalBody: "empty" },
  { refusalBody: "html" },
  { invalidClientStatus: 401, invalidClientDescription: false },
  { tokenType: "bearer" },
  { tokenType: "BEARER" },
  { tokenLifetimeStated: false },
  { tokenLifetimeS: 900 },
  { agentActions: "optional" },
  { nameCase: "insensitive" },
];
