/** The most bytes that a handler may upload for each object (docs/gpu-contract.md, "Uploads"). */
export const uploadLimits = {
  embeddingZip: 256 * 1024 ** 2,
  speech: 16 * 1024 ** 2,
  output: 1024 ** 2,
} as const;
