import type { Fault } from './fault.js';
import type { LabOptions } from './lab.js';

/** Rounds that are run one after the other in a lab of their own. */
export interface RoundUnit {
  readonly lab: LabOptions;
  readonly rounds: readonly { readonly fault: Fault; readonly number: number }[];
  /** About how long it takes in the long form. */
  readonly seconds: number;
  /** Which part of its row is done when it is: from above 0 to 1. */
  readonly progress: number;
}

/** Was this round run before, in a run that was cut off? */
export type IsDone = (fault: Fault, number: number) => boolean;

/** Where a fault does not say how long one of its rounds takes. */
const usualRoundSeconds = 30;
/** Short enough that all lanes end at about the same time, long enough that starting a lab does not matter. */
const unitSeconds = 300;

const roundSeconds = ({ longSeconds = usualRoundSeconds }: Fault): number => longSeconds;

/**
 * Cuts rows into units of work, in their order.
 *
 * One round of each row: rows whose labs are alike share one, as many as make a unit. More: a few rounds of one row are a
 * unit, so that several lanes work at a long row. All rows go forward at the same pace, so that rows that compute and
 * rows that wait share the machine throughout; of units that could come next the longest does, so that the lanes end
 * together.
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
