import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readJobError } from './job-error.js';
import { parseProgress } from './job-progress.js';
import { isRunpodJobId, isRunpodState, runpodStates } from './job-state.js';

describe('isRunpodJobId', () => {
  it('accepts ids of RunPod', () => {
    expect(isRunpodJobId('c80ffee4-f315-4e25-a146-0f3d98cf024b-u1')).toBe(true);
  });

  it.each([null, [], {}, '', '../a', 'a b', 'x'.repeat(129)])('rejects %j', (value) => {
    expect(isRunpodJobId(value)).toBe(false);
  });
});

describe('isRunpodState', () => {
  it.each([...runpodStates])('accepts %s', (state) => {
    expect(isRunpodState(state)).toBe(true);
  });

  it.each([null, {}, '', 'DONE', 'completed'])('rejects %j', (value) => {
    expect(isRunpodState(value)).toBe(false);
  });
});

describe('parseProgress', () => {
  it('parses an object or its JSON text', () => {
    const progress = { stage: 'testing', done: 3, of: 12 };
    expect(parseProgress(progress)).toEqual(progress);
    expect(parseProgress(JSON.stringify({ ...progress, more: 1 }))).toEqual(progress);
  });

  it.each([
    { stage: 'resting', done: 3, of: 12 },
    { stage: 'testing', done: 13, of: 12 },
    { stage: 'testing', done: -1, of: 12 },
    { stage: 'testing', done: 0.5, of: 12 },
    { stage: 'testing', done: 1 },
    { done: 1, of: 2 },
  ])('returns null for %j', (output) => {
    expect(parseProgress(output)).toBeNull();
  });
});

describe('readJobError', () => {
  it.each([
    ['CUDA out of memory', 'CUDA out of memory'],
    [
      JSON.stringify({ error_type: 'X', error_message: 'no voice\nfound', error_traceback: 'File a.py' }),
      'no voice found',
    ],
    [{ error_message: ' spaced\u0000\u2028out ' }, 'spaced out'],
    ['x'.repeat(1000), `${'x'.repeat(299)}…`],
    ['', null],
    [undefined, null],
    [{ code: 5 }, null],
    [7, null],
  ])('formats %j as %j', (error, line) => {
    expect(readJobError(error)).toBe(line);
  });
});

describe('values from RunPod', () => {
  it('are parsed without an exception, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.json()), (said) => {
        expect(isRunpodState(said)).toBe(runpodStates.some((state) => state === said));
        expect(parseProgress(said)).toBeNull();
        expect([...(readJobError(said) ?? '')].length).toBeLessThanOrEqual(300);
      }),
    );
  });
});
