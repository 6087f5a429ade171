import { describe, expect, it } from '@jest/globals';
import { wavFacts } from '../../../../test/support/recording-facts.js';
import { recordingWarnings, uploadWarnings } from './recording-warnings.js';

const facts = { ...wavFacts, durationSeconds: 75, statedSeconds: 75 };
const whole = { decodedSeconds: 75, missing: [], jumps: [] };

describe('uploadWarnings', () => {
  it('returns nothing for an ordinary recording', () => {
    expect(uploadWarnings(facts)).toEqual([]);
  });

  it.each([
    [
      { trackCount: 2, track: 1 },
      { code: 'track_passed_over', message: 'The file has 2 audio tracks; only track 2 was used' },
    ],
    [
      { channel: 0 },
      {
        code: 'channel_passed_over',
        message: 'The channels cancel each other out when they are mixed; only channel 1 was used',
      },
    ],
    [
      { bytesBehindEnd: 3 << 20 },
      {
        code: 'data_passed_over',
        message: 'The file goes on for 3 MiB behind the end of the recording; that part was not used',
      },
    ],
    [
      { ignoresStatedLength: true, statedSeconds: 3, durationSeconds: 12 },
      { code: 'wrong_length', message: 'The file states a length of 3 s but holds 12 s; all of it was used' },
    ],
  ])('of %j', (changed, warning) => {
    expect(uploadWarnings({ ...facts, ...changed })).toEqual([warning]);
  });
});

describe('recordingWarnings', () => {
  it('returns nothing for a complete recording, despite padding and rounding', () => {
    for (const decodedSeconds of [75, 74.95, 74.3, 75.2]) {
      expect(recordingWarnings(facts, { ...whole, decodedSeconds })).toEqual([]);
    }
    expect(recordingWarnings({ ...facts, statedSeconds: null }, { ...whole, decodedSeconds: 12 })).toEqual([]);
  });

  it.each([
    [
      'a missing end',
      { ...whole, decodedSeconds: 33.6 },
      'cut_off_recording',
      'Only 33.6 s of 75 s could be decoded; the recording breaks off at 00:33',
    ],
    [
      'a hole',
      { ...whole, decodedSeconds: 36.768, missing: [{ atSeconds: 18.288, seconds: 38.232 }] },
      'damaged_recording',
      'Only 36.8 s of 75 s could be decoded; audio is missing at 00:18',
    ],
    [
      'a small hole in a long recording',
      { ...whole, decodedSeconds: 74.8, missing: [{ atSeconds: 40, seconds: 0.2 }] },
      'damaged_recording',
      'Only 74.8 s of 75 s could be decoded; audio is missing at 00:40',
    ],
    [
      'more audio than stated',
      { ...whole, decodedSeconds: 80 },
      'wrong_length',
      'The file states a length of 75 s but holds 80 s; all of it was used',
    ],
    [
      'a pause in the time stamps',
      { decodedSeconds: 45, missing: [], jumps: [{ atSeconds: 40, seconds: 30, followsErrors: false }] },
      'gap_in_timestamps',
      'The time stamps jump by 30 s at 00:40; nothing was put in',
    ],
  ])('reports %s', (_, findings, code, message) => {
    expect(recordingWarnings(facts, findings)).toEqual([{ code, message }]);
  });

  it('reports damage in a file without a length', () => {
    const findings = { ...whole, decodedSeconds: 3700, missing: [{ atSeconds: 3661, seconds: 5 }] };
    const message = 'Only 3700 s of 3705 s could be decoded; audio is missing at 01:01:01';
    const unstated = { ...facts, durationSeconds: null, statedSeconds: null };
    expect(recordingWarnings(unstated, findings)).toEqual([{ code: 'damaged_recording', message }]);
  });
});
