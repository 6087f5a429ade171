import type { Lab, LabOptions } from './lab.js';

/** The parameters of one round. */
export interface Round {
  /** Starts at 1. */
  readonly number: number;
  /** The form CI runs: shorter outages, fewer voices. */
  readonly short: boolean;
  /** Returns the value for the form that runs. */
  pick<T>(short: T, long: T): T;
}

/** The figures of a round that passed. */
export interface Outcome {
  /** Time from the end of the fault to full recovery. */
  readonly recoveryMs?: number;
  /** Other figures. */
  readonly note?: string;
}

/** One row of the table: a fault, and the promise that must hold despite it. */
export interface Fault {
  /** For `--only`. */
  readonly name: string;
  readonly fault: string;
  readonly passesWhen: string;
  /** The numbers of `fault` and `passesWhen` in the short form, for its table. */
  readonly inShort?: string;
  /**
   * Options of the row's lab. With one round per row, rows with the same options share a lab, because a lab takes some
   * seconds to start. Rows with other options run at the same time.
   */
  readonly lab?: LabOptions;
  /** Measures times that other labs would distort, so nothing else runs at the same time. */
  readonly alone?: boolean;
  /** Rough duration of a round in the long form, if it is far from half a minute. */
  readonly longSeconds?: number;
  /** Throws if the promise was not kept. */
  round(lab: Lab, round: Round): Promise<Outcome>;
  /** Returns why this machine cannot run it. It then counts as failed, unless `--allow-missing` is set. */
  impossible?(): string | undefined;
}

/** Fails a round. @param seen added to the message as JSON */
export function expect(holds: boolean, promise: string, seen?: unknown): asserts holds {
  if (!holds) throw new Error(seen === undefined ? promise : `${promise}; seen: ${JSON.stringify(seen)}`);
}
