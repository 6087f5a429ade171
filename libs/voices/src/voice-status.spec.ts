import { describe, expect, it } from '@jest/globals';
import type { ProcessingStatus } from '#libs/database';
import { isAppError } from '#libs/errors';
import { isLocked, moveStatus, refuseIfLocked, statusTransitions } from './voice-status.js';

const statuses: readonly ProcessingStatus[] = ['idle', 'in_progress', 'completed', 'failed'];

/** The moves of the contract, written by hand a second time. */
const moves: readonly (readonly [ProcessingStatus, ProcessingStatus])[] = [
  ['idle', 'in_progress'],
  ['in_progress', 'completed'],
  ['in_progress', 'failed'],
  ['completed', 'in_progress'],
  ['completed', 'idle'],
  ['failed', 'in_progress'],
  ['failed', 'idle'],
];

describe('moveStatus', () => {
  const pairs = statuses.flatMap((from) => statuses.map((to) => [from, to] as const));

  it.each(pairs)('moves from %s to %s only if the contract allows it', (from, to) => {
    if (moves.some(([a, b]) => a === from && b === to)) expect(moveStatus(from, to)).toBe(to);
    else expect(() => moveStatus(from, to)).toThrow(`status may not move from ${from} to ${to}`);
  });

  it('can reach every status from idle, and leave every status again', () => {
    const reached = new Set<ProcessingStatus>(['idle']);
    for (const from of reached) for (const to of statusTransitions[from]) reached.add(to);
    expect([...reached].sort()).toEqual([...statuses].sort());
    for (const from of statuses) expect(statusTransitions[from].length).toBeGreaterThan(0);
  });
});

describe('isLocked and refuseIfLocked', () => {
  const all = statuses.flatMap((splittingStatus) =>
    statuses.map((embeddingStatus) => ({ splittingStatus, embeddingStatus })),
  );

  it.each(all)('agree on splitting $splittingStatus, embedding $embeddingStatus', (voice) => {
    const locked = Object.values(voice).includes('in_progress');
    expect(isLocked(voice)).toBe(locked);
    let thrown: unknown = null;
    try {
      refuseIfLocked(voice);
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown, 'voice_locked')).toBe(locked);
  });
});
