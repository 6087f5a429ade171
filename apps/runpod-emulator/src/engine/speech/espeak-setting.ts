import type { Language } from './language.js';

/** A voice of eSpeak NG (`fr`, `fr+f2`) and its pitch setting (0–99). */
export interface EspeakSetting {
  readonly voice: string;
  readonly pitch: number;
}

/** Words per minute, a little slower than eSpeak's default of 175. */
export const espeakWordsPerMinute = 160;

/**
 * Median F0 in hertz of eSpeak NG 1.52 speaking English, at the pitch settings 0, 10, … 90, 99. Measured with
 * `medianPitchHz` on two sentences, because its documentation gives no figures.
 */
const lowVoiceHz = [70, 74, 78, 84, 91, 100, 111, 123, 137, 153, 169];
const highVoiceHz = [127, 136, 146, 160, 174, 192, 212, 234, 260, 290, 321];
const settings = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99];
/** Between the ranges of the two voices. */
const highVoiceFromHz = 150;
/** Steps of about 4 %, so at most 2 % from the sample's pitch. The samples of a voice mostly share a step, and speech. */
const settingStep = 4;
/** For samples without a measurable pitch: between a low and a high voice. */
const unknownPitchHz = 140;

/**
 * Returns the voice and setting that are closest to a pitch. eSpeak's range is about 70 to 320 Hz.
 *
 * @param pitchHz median F0 of a sample; null if it has none
 */
export function espeakSetting(pitchHz: number | null, language: Language = 'en'): EspeakSetting {
  const hertz = pitchHz ?? unknownPitchHz;
  const high = hertz >= highVoiceFromHz;
  const exact = settingFor(hertz, high ? highVoiceHz : lowVoiceHz);
  const voice = language === 'en' ? 'en-us' : language;
  return { voice: high ? `${voice}+f2` : voice, pitch: Math.min(96, Math.round(exact / settingStep) * settingStep) };
}

/** Interpolates between the measured points, clamped at the ends. */
function settingFor(hertz: number, measured: readonly number[]): number {
  const above = measured.findIndex((value) => value >= hertz);
  if (above === -1) return settings[settings.length - 1]!;
  if (above === 0) return settings[0]!;
  const [low, high] = [measured[above - 1]!, measured[above]!];
  const [from, to] = [settings[above - 1]!, settings[above]!];
  return from + ((hertz - low) / (high - low)) * (to - from);
}
