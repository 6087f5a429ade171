// Times and durations in answers. Clock times of samples (`MM:SS`) come from libs/audio.

/** Formats a time as the API writes it: `YYYY-MM-DDTHH:MM:SSZ`, in whole seconds. */
export function contractTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** Formats a time that may be missing. */
export function contractTimeOrNull(time: Date | null): string | null {
  return time && contractTime(time);
}

/** Rounds seconds as the API writes them: to at most 3 decimals. */
export function contractSeconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** The OpenAPI schema of {@link contractTime}. */
export const timeSchema = {
  type: String,
  format: 'date-time',
  example: '2025-01-15T10:30:00Z',
} as const;

/** The OpenAPI schema of {@link contractTimeOrNull}. */
export const timeOrNullSchema = { ...timeSchema, nullable: true } as const;

/** The OpenAPI schema of a signed URL of audio, which is there only on request. */
export const audioUrlSchema = { type: String, format: 'uri', required: false, example: 'https://...' } as const;
