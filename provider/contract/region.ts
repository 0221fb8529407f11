/** A region of VCC. */
export type Region = "emea" | "nam" | "apac";

/** All regions of VCC. */
export const regions: readonly Region[] = ["emea", "nam", "apac"];
