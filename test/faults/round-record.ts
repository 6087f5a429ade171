import { appendFileSync, readFileSync } from 'node:fs';

/** The result of one round, which is a line of the file that `--record` writes. */
export interface RoundRecord {
  /** The row's name. */
  readonly fault: string;
  readonly round: number;
  readonly form: 'short' | 'long';
  /** ISO 8601. */
  readonly endedAt: string;
  readonly seconds: number;
  /** The machine's load average over a minute, at the end of the round. */
  readonly load: number;
  readonly recoveryMs?: number;
  readonly note?: string;
  /** Absent if the promise was kept. */
  readonly failure?: string;
}

/** Appends a line to a file, so that an interrupted run loses nothing. */
export function writeRecord(file: string, record: RoundRecord): void {
  appendFileSync(file, `${JSON.stringify(record)}\n`);
}

/** Returns all recorded rounds of one form, from any number of runs. */
export function readRecords(file: string, form: RoundRecord['form']): RoundRecord[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const records = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as RoundRecord);
  return records.filter((record) => record.form === form);
}
