import { describe, expect, it } from '@jest/globals';
import { readEngine } from './engine-flag.js';

describe('readEngine', () => {
  it('is the acoustic baseline by default', () => {
    expect(readEngine([], false)).toBe('acoustic-baseline');
    expect(readEngine(['--dev'], true)).toBe('acoustic-baseline');
  });

  it('reads --engine', () => {
    expect(readEngine(['--engine', 'pocket-tts'], false)).toBe('pocket-tts');
    expect(readEngine(['--dev', '--engine=acoustic-baseline'], false)).toBe('acoustic-baseline');
  });

  it('rejects another engine with the list', () => {
    expect(() => readEngine(['--engine', 'kyutai'], false)).toThrow(
      '--engine may be acoustic-baseline or pocket-tts, not "kyutai"',
    );
  });

  it('rejects an unknown flag', () => {
    expect(() => readEngine(['--gpu'], false)).toThrow("Unknown option '--gpu'");
  });

  it('rejects pocket-tts beside an endpoint elsewhere', () => {
    expect(() => readEngine(['--engine', 'pocket-tts'], true)).toThrow(
      '--engine pocket-tts runs on this machine, but RUNPOD_BASE_URL names another one: leave out one',
    );
  });
});
