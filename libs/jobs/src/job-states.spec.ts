import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { JobState } from '#libs/database';
import { activeStates, endedStates, firstState, jobMoves, type JobMove, type JobMoveName } from './job-states.js';

const moves = Object.entries(jobMoves) as readonly (readonly [JobMoveName, JobMove])[];
const statesOf = (move: JobMove): JobState[] => Object.keys(move.from) as JobState[];
const states: readonly JobState[] = [...activeStates, ...endedStates];

describe('jobMoves', () => {
  it('reaches every state from a new job', () => {
    const reached = new Set<JobState>([firstState]);
    for (const state of reached) {
      for (const [, move] of moves) if (statesOf(move).includes(state)) reached.add(move.to);
    }
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('leaves every active state and no ended one', () => {
    const left = new Set(moves.flatMap(([, move]) => statesOf(move).filter((state) => state !== move.to)));
    expect([...left].sort()).toEqual([...activeStates].sort());
    expect(
      moves.flatMap(([, move]) => statesOf(move)).filter((state) => endedStates.some((end) => end === state)),
    ).toEqual([]);
  });

  it.each(moves)('%s sets and clears the lease as jobs_lease_check demands', (_name, { from, to, sets }) => {
    const lease = sets['leased_until'];
    const staysRunning = to === 'running' && Object.keys(from).every((state) => state === 'running');
    if (to === 'running') expect(lease === undefined ? staysRunning : lease !== 'NULL').toBe(true);
    else if ('running' in from) expect(lease).toBe('NULL');
    else expect(lease === undefined || lease === 'NULL').toBe(true);
  });

  it.each(moves)('%s lets a job that comes back to the queue be dispatched', (_name, { from, to, sets }) => {
    const comesBack = to === 'queued' && Object.keys(from).some((state) => state !== 'queued');
    if (comesBack) expect(sets['nudged_at']).toBe('NULL');
  });

  it.each(moves)('%s is fenced by the generation if it is the owner’s or anyone’s', (_name, { by, from }) => {
    if (by !== 'owner' && by !== 'anyone') return;
    expect(Object.values(from).every((condition) => condition.includes('jobs.generation = $2'))).toBe(true);
  });
});

describe('the SQL of libs/jobs', () => {
  const folder = path.resolve('libs/jobs/src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('spec'))
    .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));

  it('names a state only in the table and in move-sql.ts', () => {
    const ofTable = ['job-states.ts', 'rows/move-sql.ts'];
    const comparesState = /\bstate"?\s*(=[^>=]|<>|!=|IN\b|NOT\b|IS\b)/i;
    const others = files.filter(({ file, text }) => !ofTable.includes(file) && comparesState.test(text));
    expect(others.map(({ file }) => file)).toEqual([]);
  });

  it('updates jobs only by the assignments of a move', () => {
    const updates = files.flatMap(({ file, text }) =>
      [...text.matchAll(/UPDATE jobs SET (\S+)/g)].map(([, next = '']) => ({ file, next })),
    );
    expect(updates.length).toBeGreaterThanOrEqual(19);
    expect(updates.filter(({ next }) => !/^\$\{(assignments\(|set\})/.test(next))).toEqual([]);
  });

  it.each(moves)('makes the move %s in one place, under its condition', (name) => {
    const made = files.filter(({ text }) => text.includes(`assignments('${name}'`));
    expect(made).toHaveLength(1);
    expect(made[0]?.text).toContain(`allowed('${name}')`);
  });
});
