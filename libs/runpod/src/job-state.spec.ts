import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readJobError } from './job-error.js';
import { parseProgress } from './job-progress.js';
import { parseWebhook } from './job-state.js';

describe('parseWebhook', () => {
  it('reads the id and the state, and nothing else', () => {
    const body = { id: 'c80ffee4-f315-4e25-a146-0f3d98cf024b-u1', status: 'COMPLETED', input: {}, output: { a: 1 } };
    expect(parseWebhook(body)).toEqual({ runpodJobId: body.id, status: 'COMPLETED' });
  });

  it.each([null, [], 'text', {}, { id: 'a' }, { id: 'a', status: 'DONE' }, { id: '../a', status: 'COMPLETED' }])(
    'is null for %j',
    (body) => {
      expect(parseWebhook(body)).toBeNull();
    },
  );
});

describe('parseProgress', () => {
  it('reads an object or its text', () => {
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
  ])('is null for %j', (output) => {
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
  ])('%j reads %j', (error, line) => {
    expect(readJobError(error)).toBe(line);
  });
});

describe('what RunPod says', () => {
  it('is read without throwing, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.json()), (said) => {
        expect(parseWebhook(said)).toBeNull();
        expect(parseProgress(said)).toBeNull();
        expect([...(readJobError(said) ?? '')].length).toBeLessThanOrEqual(300);
      }),
    );
  });
});
