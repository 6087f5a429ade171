import type { Schema } from '#libs/client';

export type CountName = keyof Schema<'RecomputeCounts'>;

/** A part of the bar of a recompute. */
export interface Part {
  readonly name: CountName;
  readonly voices: number;
  /** From 0 to 1. */
  readonly share: number;
}

/** In the order of the bar: what has ended, what is under way, what is left. */
const order = ['done', 'failed', 'skipped', 'running', 'waiting'] as const;

/** Returns the parts of a recompute's bar, without those of no voice. */
export function partsOf({ counts, voices }: Pick<Schema<'Recompute'>, 'counts' | 'voices'>): readonly Part[] {
  return order
    .map((name) => ({ name, voices: counts[name], share: voices === 0 ? 0 : counts[name] / voices }))
    .filter((part) => part.voices > 0);
}

/** Returns the share of voices that need nothing any more, from 0 to 1. */
export function endedShare({ counts, voices }: Pick<Schema<'Recompute'>, 'counts' | 'voices'>): number {
  return voices === 0 ? 1 : (counts.done + counts.failed + counts.skipped) / voices;
}
