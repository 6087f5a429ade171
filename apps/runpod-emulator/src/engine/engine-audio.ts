/** What the engine decodes every sample to: voices are compared in the telephone band, recordings up to 7 kHz. */
export const ENGINE_SAMPLE_RATE = 16_000;

/** Frames quieter than the loudest by more than this are pauses. */
export const LOUDNESS_RANGE_DB = 30;
