/** Rate at which the engine decodes samples. Voices are compared in the telephone band, recordings up to 7 kHz. */
export const engineSampleRate = 16_000;

/** Frames more than this much quieter than the loudest are pauses. */
export const loudnessRangeDb = 30;
