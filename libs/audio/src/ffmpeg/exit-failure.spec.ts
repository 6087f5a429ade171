import { describe, expect, it } from '@jest/globals';
import { AppError } from '#libs/errors';
import { failureOf } from './exit-failure.js';
import { probeLimits } from './limits.js';

const exit = { code: 0, signal: null, stderr: '', wallSeconds: 1 };
const limits = { ...probeLimits, cpuSeconds: 10 };

describe('failureOf', () => {
  it('returns undefined after a successful exit', () => {
    expect(failureOf(exit, limits)).toBeUndefined();
  });

  it('returns our own reason if we ended the process, whatever its exit', () => {
    expect(failureOf({ ...exit, ended: { reason: 'stop' } }, limits)).toEqual({ error: 'stop' });
    expect(failureOf({ ...exit, code: null, signal: 'SIGKILL', ended: { reason: undefined } }, limits)).toEqual({
      error: undefined,
    });
  });

  it.each([
    ['an ordinary failure', { code: 183 }, 'conversion_failed'],
    ['a crash', { code: null, signal: 'SIGSEGV' as const }, 'conversion_failed'],
    ['the CPU limit', { code: null, signal: 'SIGXCPU' as const }, 'conversion_over_limits'],
    ['the CPU limit, caught by ffmpeg', { code: 255, wallSeconds: 10 }, 'conversion_over_limits'],
    ['the OOM killer', { code: null, signal: 'SIGKILL' as const }, 'unavailable'],
    ['an operator', { code: null, signal: 'SIGTERM' as const }, 'unavailable'],
    ['an operator, caught by ffmpeg', { code: 255, wallSeconds: 1 }, 'unavailable'],
    ['the file limit', { code: null, signal: 'SIGXFSZ' as const }, 'conversion_over_limits'],
    ['the memory limit', { code: 244, stderr: 'x: Cannot allocate memory' }, 'conversion_over_limits'],
    [
      'no memory for a stack',
      { code: 245, stderr: '-11 (Resource temporarily unavailable)' },
      'conversion_over_limits',
    ],
    ['no memory for a thread', { code: 245, stderr: 'pthread_create() failed: Resource' }, 'conversion_over_limits'],
    ['mostly broken frames', { code: 69 }, 'unusable_audio'],
  ])('%s', (_, how, code) => {
    const error = failureOf({ ...exit, ...how }, limits)?.error;
    expect(error).toMatchObject({ code });
    expect((error as AppError).cause).toBeInstanceOf(Error);
  });

  it('returns a plain error, not one of the recording, if the tool cannot be started', () => {
    const failure = failureOf({ ...exit, code: 127, stderr: 'not found' }, limits);
    expect(failure?.error).toBeInstanceOf(Error);
    expect(failure?.error).not.toBeInstanceOf(AppError);
  });
});
