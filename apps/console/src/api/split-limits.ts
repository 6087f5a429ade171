/** Limits of the fields of a split in openapi.json. Lengths are in seconds. */
export const splitLimits = {
  maxSamples: { minValue: 1, maxValue: 100 },
  sampleSeconds: { minValue: 5, maxValue: 60 },
  minSeconds: { minValue: 3, maxValue: 60 },
} as const;
