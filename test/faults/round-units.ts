import type { Fault } from './fault.js';
import type { LabOptions } from './lab.js';

/** Rounds that run one after another in the same lab. */
export interface RoundUnit {
  readonly lab: LabOptions;
  readonly rounds: readonly { readonly fault: Fault; readonly number: number }[];
  /** Rough duration in the long form. */
  readonly seconds: number;
  /** The share of its row that is done after this unit, above 0 and up to 1. */
  readonly progress: number;
}

/** Returns whether this round has passed in an interrupted run. */
export type IsDone = (fault: Fault, number: number) => boolean;

/** Default duration of a round. */
const usualRoundSeconds = 30;
/** Short enough for all lanes to end at about the same time, long enough for the start of a lab not to matter. */
const unitSeconds = 300;

const roundSeconds = ({ longSeconds = usualRoundSeconds }: Fault): number => longSeconds;

/**
 * Divides rows into units of work, in order.
 *
 * With one round per row, rows with the same lab share a unit, up to the length of a unit. With more rounds, a unit has
 * a few rounds of one row, so that several lanes share a long row. All rows advance at the same pace, so that rows that
 * compute and rows that wait always share the machine. Among equal candidates the longest unit runs first, so that the
 * lanes end together.
 */
export function roundUnits(faults: readonly Fault[], rounds: number, isDone: IsDone): RoundUnit[] {
  const units = rounds === 1 ? unitsByLab(faults) : faults.flatMap((fault) => unitsOfRow(fault, rounds, isDone));
  return units.sort((a, b) => a.progress - b.progress || b.seconds - a.seconds);
}

function unitsByLab(faults: readonly Fault[]): RoundUnit[] {
  const rowsOfLab = new Map<string, Fault[][]>();
  for (const fault of faults) {
    const lab = JSON.stringify(fault.lab ?? {});
    const units = rowsOfLab.get(lab) ?? [];
    const last = units.at(-1);
    if (last && totalSeconds([...last, fault]) <= unitSeconds) last.push(fault);
    else units.push([fault]);
    rowsOfLab.set(lab, units);
  }
  const unitOf = (rows: readonly Fault[]): RoundUnit =>
    unit(
      rows.map((fault) => ({ fault, number: 1 })),
      1,
    );
  return [...rowsOfLab.values()].flat().map(unitOf);
}

const totalSeconds = (rows: readonly Fault[]): number => rows.reduce((sum, row) => sum + roundSeconds(row), 0);

function unitsOfRow(fault: Fault, rounds: number, isDone: IsDone): RoundUnit[] {
  const each = Math.max(1, Math.floor(unitSeconds / roundSeconds(fault)));
  const numbers = Array.from({ length: rounds }, (_, at) => at + 1).filter((number) => !isDone(fault, number));
  const units: RoundUnit[] = [];
  for (let at = 0; at < numbers.length; at += each) {
    const part = numbers.slice(at, at + each).map((number) => ({ fault, number }));
    units.push(unit(part, (rounds - numbers.length + at + part.length) / rounds));
  }
  return units;
}

function unit(rounds: RoundUnit['rounds'], progress: number): RoundUnit {
  const rows = rounds.map(({ fault }) => fault);
  return { lab: rows[0]?.lab ?? {}, rounds, progress, seconds: totalSeconds(rows) };
}
