import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expectAllRunning } from './checks.js';
import type { Fault, Round } from './fault.js';
import { Lab, type LabOptions } from './lab.js';

export interface RunOptions {
  readonly short: boolean;
  /** Of each fault; absent: what the form says. */
  readonly rounds?: number | undefined;
  /** Labs at work at the same time. Most faults are waited out, so there is room for more than one on a core. */
  readonly lanes: number;
}

/** What became of one row. */
export interface RowResult {
  readonly fault: Fault;
  readonly rounds: number;
  readonly passed: number;
  readonly worstRecoveryMs: number | null;
  readonly seconds: number;
  readonly notes: readonly string[];
  readonly failures: readonly string[];
}

const longRounds = 20;

/** Faults that share a lab, in their order. */
function byLab(faults: readonly Fault[]): [LabOptions, Fault[]][] {
  const groups = new Map<LabOptions, Fault[]>();
  for (const fault of faults) groups.set(fault.lab, [...(groups.get(fault.lab) ?? []), fault]);
  return [...groups];
}

/** Runs rows: first those that bear company, in lanes, then those that need the machine for themselves. */
export async function runFaults(faults: readonly Fault[], options: RunOptions): Promise<RowResult[]> {
  const results: RowResult[] = [];
  const work = (group: readonly Fault[], lanes: number): Promise<void> => {
    const waiting = byLab(group);
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        results.push(...(await runGroup(...next, options)));
    };
    return Promise.all(Array.from({ length: lanes }, lane)).then(() => undefined);
  };
  await work(
    faults.filter((fault) => !fault.alone),
    options.lanes,
  );
  await work(
    faults.filter((fault) => fault.alone),
    1,
  );
  return results.sort((a, b) => faults.indexOf(a.fault) - faults.indexOf(b.fault));
}

async function runGroup(lab: LabOptions, faults: readonly Fault[], options: RunOptions): Promise<RowResult[]> {
  const room = new LabRoom(lab);
  const results: RowResult[] = [];
  try {
    for (const fault of faults) {
      const result = await runFault(room, fault, options);
      results.push(result);
      const recovery = result.worstRecoveryMs === null ? '' : `, worst recovery ${result.worstRecoveryMs} ms`;
      console.log(`${result.passed}/${result.rounds} ${fault.name} in ${result.seconds} s${recovery}`);
    }
  } finally {
    await room.close();
  }
  return results;
}

async function runFault(room: LabRoom, fault: Fault, options: RunOptions): Promise<RowResult> {
  const rounds = options.rounds ?? (options.short ? 1 : (fault.longRounds ?? longRounds));
  const startedAt = performance.now();
  const [failures, notes]: [string[], string[]] = [[], []];
  let worstRecoveryMs: number | null = null;
  for (let number = 1; number <= rounds; number += 1) {
    const round: Round = { number, short: options.short, pick: (short, long) => (options.short ? short : long) };
    try {
      const lab = await room.ready();
      const { recoveryMs, note } = await fault.round(lab, round);
      expectAllRunning(lab);
      if (recoveryMs !== undefined) worstRecoveryMs = Math.max(worstRecoveryMs ?? 0, recoveryMs);
      if (note !== undefined) notes.push(note);
    } catch (error) {
      const log = await room.giveUp(`${fault.name}-${number}`);
      failures.push(`round ${number}: ${describe(error)} (what the processes wrote: ${log})`);
      console.log(`FAILED ${fault.name}, ${failures.at(-1)}`);
    }
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return { fault, rounds, passed: rounds - failures.length, worstRecoveryMs, seconds, notes, failures };
}

/** The lab of a group of faults: made when needed, healed between rounds, thrown away after a failure. */
class LabRoom {
  private lab: Lab | undefined;

  constructor(private readonly options: LabOptions) {}

  async ready(): Promise<Lab> {
    if (this.lab) await this.lab.heal();
    else this.lab = await Lab.start(this.options);
    return this.lab;
  }

  /** @returns the file that holds what the lab's processes wrote */
  async giveUp(name: string): Promise<string> {
    const file = path.join(tmpdir(), `timbre-fault-${name}.log`);
    await writeFile(file, `${this.lab?.log.lines.join('\n') ?? ''}\n`);
    await this.close();
    return file;
  }

  async close(): Promise<void> {
    const { lab } = this;
    this.lab = undefined;
    await lab?.stop().catch((error: unknown) => console.error(`A lab did not stop well: ${describe(error)}`));
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${describe(error.cause)})`;
}
