import { writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { expectAllRunning } from './checks.js';
import type { Fault, Outcome } from './fault.js';
import { Lab, type LabOptions } from './lab.js';
import type { RoundRecord } from './round-record.js';
import { roundUnits, type IsDone, type RoundUnit } from './round-units.js';

export interface RunOptions {
  readonly short: boolean;
  /** Rounds of each row. */
  readonly rounds: number;
  /** The number of labs that run at the same time. Most rows mostly wait, so a core can run several. */
  readonly lanes: number;
  readonly isDone: IsDone;
  /** Called when a round ends. */
  readonly onRound: (record: RoundRecord) => void;
}

/** Runs the rows that may share the machine in parallel lanes, then the others one at a time. */
export async function runFaults(faults: readonly Fault[], options: RunOptions): Promise<void> {
  await runUnits(
    faults.filter(({ alone }) => !alone),
    options.lanes,
    options,
  );
  await runUnits(
    faults.filter(({ alone }) => alone),
    1,
    options,
  );
}

async function runUnits(faults: readonly Fault[], lanes: number, options: RunOptions): Promise<void> {
  const waiting = roundUnits(faults, options.rounds, options.isDone);
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await runUnit(next, options);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function runUnit(unit: RoundUnit, { short, onRound }: RunOptions): Promise<void> {
  const room = new LabRoom(unit.lab);
  try {
    for (const { fault, number } of unit.rounds) {
      const startedAt = performance.now();
      const outcome = await runRound(room, fault, number, short);
      onRound({
        fault: fault.name,
        round: number,
        form: short ? 'short' : 'long',
        endedAt: new Date().toISOString(),
        seconds: Math.round((performance.now() - startedAt) / 1000),
        load: Math.round(loadavg()[0] ?? 0),
        ...outcome,
      });
    }
  } finally {
    await room.close();
  }
}

type Ended = Outcome | { readonly failure: string };

async function runRound(room: LabRoom, fault: Fault, number: number, short: boolean): Promise<Ended> {
  try {
    const lab = await room.ready();
    const outcome = await fault.round(lab, { number, short, pick: (ifShort, ifLong) => (short ? ifShort : ifLong) });
    expectAllRunning(lab);
    return outcome;
  } catch (error) {
    const { file, errors } = await room.giveUp(`${fault.name}-${number}`);
    return { failure: [`${describe(error)} (output of the processes: ${file})`, ...errors].join('\n') };
  }
}

/** Holds the lab of a unit. Starts it when needed, repairs it between rounds and stops it after a failure. */
class LabRoom {
  private lab: Lab | undefined;

  constructor(private readonly options: LabOptions) {}

  async ready(): Promise<Lab> {
    if (this.lab) await this.lab.heal();
    else this.lab = await Lab.start(this.options);
    return this.lab;
  }

  /** Stops the lab. @returns where the output of its processes is, and the last errors of it that have a stack trace */
  async giveUp(name: string): Promise<{ readonly file: string; readonly errors: readonly string[] }> {
    const file = path.join(tmpdir(), `timbre-fault-${name}-${process.pid}.log`);
    const lines = this.lab?.log.lines ?? [];
    await writeFile(file, `${lines.join('\n')}\n`);
    const errors = lines.filter((line) => line.includes('"level":50') && line.includes('"stack"')).slice(-3);
    await this.close();
    return { file, errors: errors.map((line) => line.slice(0, 1_500)) };
  }

  async close(): Promise<void> {
    const { lab } = this;
    this.lab = undefined;
    await lab?.stop().catch((error: unknown) => console.error(`A lab did not stop cleanly: ${describe(error)}`));
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${describe(error.cause)})`;
}
