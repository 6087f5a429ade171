/** A voice of eSpeak NG and its pitch setting (0–99). */
export interface EspeakSetting {
  readonly voice: 'en-us' | 'en-us+f2';
  readonly pitch: number;
}

/** Words a minute; a little calmer than eSpeak's own 175. */
export const ESPEAK_WORDS_PER_MINUTE = 160;

/**
 * Median F0 in hertz that eSpeak NG 1.52 speaks English with, at the pitch settings 0, 10, … 90, 99. Measured with
 * `medianPitchHz` over two sentences; its documentation gives no figures.
 */
const LOW_VOICE_HZ = [70, 74, 78, 84, 91, 100, 111, 123, 137, 153, 169];
const HIGH_VOICE_HZ = [127, 136, 146, 160, 174, 192, 212, 234, 260, 290, 321];
const SETTINGS = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99];
/** Between the two voices' ranges. */
const HIGH_VOICE_FROM_HZ = 150;
/** Steps of about 4 %, so at most 2 % from the sample's pitch: one voice's samples mostly share a step, and its speech. */
const SETTING_STEP = 4;
/** For a sample without measurable pitch: between a low and a high speaking voice. */
const UNKNOWN_PITCH_HZ = 140;

/**
 * The voice and setting that speak at a pitch: as near as eSpeak comes, which is from about 70 to 320 Hz.
 *
 * @param pitchHz median F0 of a sample, or `null` when it has none
 */
export function espeakSetting(pitchHz: number | null): EspeakSetting {
  const hertz = pitchHz ?? UNKNOWN_PITCH_HZ;
  const high = hertz >= HIGH_VOICE_FROM_HZ;
  const exact = settingFor(hertz, high ? HIGH_VOICE_HZ : LOW_VOICE_HZ);
  return { voice: high ? 'en-us+f2' : 'en-us', pitch: Math.min(96, Math.round(exact / SETTING_STEP) * SETTING_STEP) };
}

/** Linear between the measured points, clamped at their ends. */
function settingFor(hertz: number, measured: readonly number[]): number {
  const above = measured.findIndex((value) => value >= hertz);
  if (above === -1) return SETTINGS[SETTINGS.length - 1]!;
  if (above === 0) return SETTINGS[0]!;
  const [low, high] = [measured[above - 1]!, measured[above]!];
  const [from, to] = [SETTINGS[above - 1]!, SETTINGS[above]!];
  return from + ((hertz - low) / (high - low)) * (to - from);
}
