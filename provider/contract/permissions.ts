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
