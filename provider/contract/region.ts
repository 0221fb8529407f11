/** All regions of VCC. */
export const regions = ["emea", "nam", "apac"] as const;
export type Region = (typeof regions)[number];
