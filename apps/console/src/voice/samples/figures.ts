import type { Schema } from '#libs/client';
import type { TextName } from '../../texts/text.js';

const number = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const tenths = number(1);
const whole = number(0);
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** A figure that was measured, and what it is called. */
export interface Figure {
  readonly name: TextName;
  readonly value: string;
}

/** Returns the figures of a sample's quality with their units, in the order of docs/quality.md. */
export function figuresOf(quality: Schema<'SampleQuality'>): readonly Figure[] {
  return [
    { name: 'figures.speech', value: percent.format(quality.speech_ratio) },
    { name: 'figures.loudness', value: `${signed(quality.loudness_lufs)} LUFS` },
    { name: 'figures.peak', value: `${signed(quality.peak_dbfs)} dBFS` },
    { name: 'figures.clipped', value: percent.format(quality.clipped_ratio) },
    { name: 'figures.snr', value: `${quality.snr_db >= 60 ? '≥ ' : ''}${tenths.format(quality.snr_db)} dB` },
    {
      name: 'figures.bandwidth',
      value: `${quality.bandwidth_hz >= 8000 ? '≥ ' : ''}${whole.format(quality.bandwidth_hz)} Hz`,
    },
  ];
}

/** Returns a number with a true minus sign. */
const signed = (value: number): string => tenths.format(value).replace('-', '−');

/** Returns a score as it is compared: with two digits. */
export const scoreText = (score: number): string => number(2).format(score).replace('-', '−');

/** Returns a length in seconds, for example `15 s` or `11.8 s`. */
export const lengthText = (seconds: number): string => `${Number(seconds.toFixed(1))} s`;
