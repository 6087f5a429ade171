/**
 * The names of the cached answers. A name that starts with another one belongs to it: refreshing a voice refreshes its runs.
 */
export const cacheKeys = {
  owner: ['owner'],
  voices: (partner: string) => ['voices', partner] as const,
  voice: (partner: string, voice: string) => ['voice', partner, voice] as const,
  /** A part of a voice that is read on its own, for example `runs`. */
  voicePart: (partner: string, voice: string, part: string) => ['voice', partner, voice, part] as const,
  /** Apart from the voice, because it is large and changes only with the recording. */
  waveform: (partner: string, voice: string) => ['waveform', partner, voice] as const,
} as const;

const lasting = new Set<unknown>(['owner', 'waveform']);

/** Returns whether an action may have changed a cached answer. */
export const mayHaveChanged = (key: readonly unknown[]): boolean => !lasting.has(key[0]);
