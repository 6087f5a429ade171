import type { JobState } from '#libs/database';
import { jobMoves, type JobMove, type JobMoveName } from '../job-states.js';

/** SQL expressions for the columns that a move leaves to its caller; all of them, and no other. */
export type GivenColumns<M extends JobMoveName> = Readonly<Record<(typeof jobMoves)[M]['given'][number], string>>;

/** The assignments of a move, for an UPDATE's SET: the new state, what the table sets and what the caller gives. */
export function assignments<M extends JobMoveName>(name: M, given: GivenColumns<M>): string {
  const { to, sets }: JobMove = jobMoves[name];
  const columns = { state: `'${to}'`, ...sets, ...given };
  return Object.entries(columns)
    .map(([column, value]) => `${column} = ${value}`)
    .join(', ');
}

/** The condition under which a move is made, for an UPDATE's WHERE. */
export function allowed(name: JobMoveName): string {
  const { from }: JobMove = jobMoves[name];
  return `(${Object.entries(from)
    .map(([state, condition]) => `(jobs.state = '${state}' AND ${condition})`)
    .join(' OR ')})`;
}

/** The condition that a job is in one of these states, for reads. */
export function inState(...states: readonly JobState[]): string {
  return `jobs.state IN (${states.map((state) => `'${state}'`).join(', ')})`;
}

/** An interval of as many milliseconds as a parameter says. */
export const milliseconds = (parameter: string): string => `${parameter}::float8 * interval '1 millisecond'`;
