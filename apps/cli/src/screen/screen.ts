import { styleText } from 'node:util';
import { printable } from './plain-text.js';
import { progressLine, type Progress } from './progress-line.js';
import { alignedTable, tabbedTable, type Column } from './table.js';

/** Where text goes: process.stdout and process.stderr, or what a test puts in their place. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ScreenOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly json: boolean;
  readonly hasColours: boolean;
  /** False for a terminal that cannot replace a line. */
  readonly redraws: boolean;
}

const clearLine = '\r\x1b[K';
const redrawMs = 100;

/**
 * What people and programs see. Results go to stdout: text, or with `--json` one JSON document. Progress and notes go
 * to stderr, and only on a terminal. Failures go to stderr always.
 */
export class Screen {
  private drawnAt = 0;
  private isDrawn = false;

  constructor(private readonly options: ScreenOptions) {}

  get json(): boolean {
    return this.options.json;
  }

  /** Whether somebody watches: notes and progress are shown. */
  get isWatched(): boolean {
    return this.options.stderr.isTTY === true && this.options.redraws;
  }

  /** Prints a result: the API's JSON, or the lines that it is for people. */
  result<Value>(value: Value, lines: (value: Value) => readonly string[]): void {
    if (this.json) this.document(value);
    else this.print(...lines(value));
  }

  /** Prints one JSON document. */
  document(value: unknown): void {
    this.clear();
    const indent = this.options.stdout.isTTY ? 2 : undefined;
    this.options.stdout.write(`${JSON.stringify(value, null, indent)}\n`);
  }

  /** Prints JSON on one line, for results that come one after the other. */
  line(value: unknown): void {
    this.options.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** Prints lines of text; nothing with `--json`. */
  print(...lines: readonly string[]): void {
    this.clear();
    if (!this.json) for (const line of lines) this.options.stdout.write(`${printable(line)}\n`);
  }

  /** Returns the lines of a table: in columns on a terminal, between tabs elsewhere. */
  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
    return this.options.stdout.isTTY ? alignedTable(columns, rows) : tabbedTable(columns, rows);
  }

  /** Tells those who watch something that is not a result. */
  note(line: string): void {
    if (!this.isWatched) return;
    this.clear();
    this.options.stderr.write(`${this.styled('dim', printable(line))}\n`);
  }

  /** Prints lines to stderr, watched or not. */
  warn(...lines: readonly string[]): void {
    this.clear();
    for (const line of lines) this.options.stderr.write(`${printable(line)}\n`);
  }

  fail(...lines: readonly string[]): void {
    const [first = '', ...others] = lines;
    this.clear();
    this.options.stderr.write(`${this.styled('red', printable(first))}\n`);
    this.warn(...others);
  }

  /** Shows how far something has come, in a line that the next output replaces. */
  progress(progress: Progress): void {
    const isEnd = progress.of !== undefined && progress.done >= progress.of;
    if (!this.isWatched || (!isEnd && Date.now() - this.drawnAt < redrawMs)) return;
    this.drawnAt = Date.now();
    this.isDrawn = true;
    this.options.stderr.write(clearLine + progressLine(progress, this.options.stderr.columns || 80));
  }

  /** Removes the line of progress. */
  clear(): void {
    if (!this.isDrawn) return;
    this.isDrawn = false;
    this.options.stderr.write(clearLine);
  }

  private styled(style: 'dim' | 'red', text: string): string {
    if (!this.options.hasColours || this.options.stderr.isTTY !== true) return text;
    return styleText(style, text);
  }
}
