/** All regions of VCC. */
export const regions = ["emea", "nam", "apac"] as const;

/** The region of a VCC account. */
export type Region = (typeof regions)[number];
