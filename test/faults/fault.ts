import type { Lab, LabOptions } from './lab.js';

/** How one round of a fault is run. */
export interface Round {
  /** From 1. */
  readonly number: number;
  /** The form CI runs: shorter outages, fewer voices. */
  readonly short: boolean;
  /** The value for the form that runs. */
  pick<T>(short: T, long: T): T;
}

/** What a round that passed has to tell. */
export interface Outcome {
  /** From the end of the fault until all was well again. */
  readonly recoveryMs?: number;
  /** Figures worth a look. */
  readonly note?: string;
}

/** One row of the table: something that goes wrong, and what holds all the same. */
export interface Fault {
  /** For `--only`. */
  readonly name: string;
  readonly fault: string;
  readonly passesWhen: string;
  /** What the short form makes of numbers in `fault` and `passesWhen`, for its table. */
  readonly inShort?: string;
  /**
   * Where one round of each row is run, faults whose labs are alike run one after the other in one, others at the same
   * time in labs of their own. A lab takes some seconds to start. Absent: the usual one.
   */
  readonly lab?: LabOptions;
  /** Measures times that other labs would change: nothing else runs meanwhile. */
  readonly alone?: boolean;
  /** About how long a round of the long form takes, where it is far from half a minute. */
  readonly longSeconds?: number;
  /** Throws when the promise was not kept. */
  round(lab: Lab, round: Round): Promise<Outcome>;
  /** Why this machine cannot run it; it then counts as failed, unless `--allow-missing`. */
  impossible?(): string | undefined;
}

/** Fails a round. @param seen added to the message as JSON */
export function expect(holds: boolean, promise: string, seen?: unknown): asserts holds {
  if (!holds) throw new Error(seen === undefined ? promise : `${promise}; seen: ${JSON.stringify(seen)}`);
}
