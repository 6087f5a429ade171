import { appendFileSync, readFileSync } from 'node:fs';

/** What became of one round: a line of the file that `--record` names. */
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
  /** Absent: the promise was kept. */
  readonly failure?: string;
}

/** Adds a line to a file, so that a run which is cut off has lost nothing. */
export function writeRecord(file: string, record: RoundRecord): void {
  appendFileSync(file, `${JSON.stringify(record)}\n`);
}

/** All rounds of one form in a file, of however many runs. */
export function readRecords(file: string, form: RoundRecord['form']): RoundRecord[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const records = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as RoundRecord);
  return records.filter((record) => record.form === form);
}
