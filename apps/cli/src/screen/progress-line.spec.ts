import { describe, expect, it } from '@jest/globals';
import { columnsOf } from './plain-text.js';
import { progressLine, type Progress } from './progress-line.js';

const upload: Progress = { what: 'Uploading anna.flac', done: 25e6, of: 100e6, unit: 'bytes', seconds: 5 };

describe('progressLine', () => {
  it('shows share, amount, speed and the time that is left', () => {
    expect(progressLine(upload, 120)).toBe(
      'Uploading anna.flac  [######------------------]   25 %  25.0 MB of 100.0 MB  5.0 MB/s  15 s left',
    );
  });

  it('shows what is counted, without a speed', () => {
    const cutting: Progress = { what: 'anna: cutting', done: 3, of: 12, unit: 'samples', seconds: 5 };
    expect(progressLine(cutting, 80)).toBe('anna: cutting  [######------------------]   25 %  3 of 12 samples');
  });

  it('has no bar while the size is unknown', () => {
    expect(progressLine({ ...upload, of: undefined, seconds: 0 }, 80)).toBe('Uploading anna.flac  25.0 MB');
    expect(progressLine({ what: 'anna: queued', done: 0, of: undefined, unit: '', seconds: 9 }, 80)).toBe(
      'anna: queued',
    );
  });

  it.each([20, 40, 60, 80, 100])('is shorter than a terminal of %d columns', (columns) => {
    const line = progressLine({ ...upload, what: `Uploading ${'日本語'.repeat(9)}\n.flac` }, columns);
    expect(columnsOf(line)).toBeLessThan(columns);
    expect(line).not.toContain('\n');
  });
});
