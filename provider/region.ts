/** The regions of VCC; there are no others. */
export const regions = ["emea", "nam", "apac"] as const;
export type Region = (typeof regions)[number];
