import { describe, expect, it } from '@jest/globals';
import { figuresOf, lengthText, scoreText } from './figures.js';

describe('figuresOf', () => {
  it('has units, and says where a figure stands for more', () => {
    const figures = figuresOf({
      grade: 'good',
      reasons: [],
      speech_ratio: 0.857,
      loudness_lufs: -21.4,
      peak_dbfs: -3,
      clipped_ratio: 0,
      snr_db: 60,
      bandwidth_hz: 8000,
      starts_in_speech: false,
      ends_in_speech: false,
    });
    expect(figures.map(({ value }) => value)).toEqual([
      '85.7%',
      '−21.4 LUFS',
      '−3.0 dBFS',
      '0%',
      '≥ 60.0 dB',
      '≥ 8,000 Hz',
    ]);
  });
});

describe('scoreText and lengthText', () => {
  it('round', () => {
    expect(scoreText(0.918)).toBe('0.92');
    expect(scoreText(-0.1)).toBe('−0.10');
    expect(lengthText(15)).toBe('15 s');
    expect(lengthText(11.82)).toBe('11.8 s');
  });
});
