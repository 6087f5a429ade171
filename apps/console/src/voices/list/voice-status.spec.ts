import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import { isBusyRow, statesOf } from './voice-status.js';

type Status = Schema<'ProcessingStatus'>;

const row = (splitting_status: Status, embedding_status: Status, sample_count = 0) => ({
  splitting_status,
  embedding_status,
  sample_count,
});

describe('statesOf', () => {
  it('says how far a voice has come', () => {
    expect(statesOf(row('idle', 'idle'))).toEqual(['empty']);
    expect(statesOf(row('idle', 'idle', 2))).toEqual(['samples']);
    expect(statesOf(row('completed', 'idle', 5))).toEqual(['split']);
    expect(statesOf(row('completed', 'completed', 5))).toEqual(['embedded']);
  });

  it('says what is under way and what failed instead', () => {
    expect(statesOf(row('in_progress', 'idle'))).toEqual(['splitting']);
    expect(statesOf(row('completed', 'in_progress', 5))).toEqual(['embedding']);
    expect(statesOf(row('failed', 'completed', 5))).toEqual(['splittingFailed']);
    expect(statesOf(row('in_progress', 'failed', 5))).toEqual(['embeddingFailed', 'splitting']);
  });
});

describe('isBusyRow', () => {
  it('holds while either kind of processing runs', () => {
    expect(isBusyRow(row('in_progress', 'idle'))).toBe(true);
    expect(isBusyRow(row('completed', 'in_progress'))).toBe(true);
    expect(isBusyRow(row('failed', 'completed'))).toBe(false);
  });
});
