import { describe, expect, it } from '@jest/globals';
import { constraintsOf, fileNameOf, formatOf, levelOf, refusalOf } from './microphone.js';

const named = (name: string): Error => Object.assign(new Error(), { name });

describe('formatOf', () => {
  it('takes the best that the browser has', () => {
    expect(formatOf(() => true)?.type).toBe('audio/webm;codecs=opus');
    expect(formatOf((type) => type === 'audio/mp4')?.extension).toBe('m4a');
    expect(formatOf(() => false)).toBeUndefined();
  });
});

describe('refusalOf', () => {
  it('says why there is no microphone', () => {
    expect(refusalOf(named('NotAllowedError'))).toBe('denied');
    expect(refusalOf(named('NotFoundError'))).toBe('missing');
    expect(refusalOf(named('NotReadableError'))).toBe('busy');
  });
});

describe('constraintsOf', () => {
  it('leaves the voice as it is', () => {
    expect(constraintsOf('a').audio).toMatchObject({ noiseSuppression: false, deviceId: { exact: 'a' } });
    expect(constraintsOf(undefined).audio).not.toHaveProperty('deviceId');
  });
});

describe('fileNameOf', () => {
  it('has the time of the recording', () => {
    expect(fileNameOf(new Date(2026, 0, 5, 9, 3), 'webm')).toBe('recording-2026-01-05-09-03.webm');
  });
});

describe('levelOf', () => {
  it('follows the decibels of the peak', () => {
    expect(levelOf(new Float32Array([0, -1, 0.5]))).toBe(1);
    expect(levelOf(new Float32Array([0.0316, -0.001]))).toBeCloseTo(0.5, 2);
    expect(levelOf(new Float32Array([0.0001]))).toBe(0);
    expect(levelOf(new Float32Array(8))).toBe(0);
  });
});
