/** Reads a bigint column as a number. node-postgres returns text, because a bigint may be larger than a safe integer. */
export const bigNumber = {
  to: (value: number | null): number | null => value,
  from: (text: string | null): number | null => (text === null ? null : Number(text)),
} as const;
