import { containers } from '../fixtures/containers.js';
import { damages } from './damage.js';
import type { FuzzCase, Outcome, Verdict } from './fuzz-case.js';

/** A case and its result. */
export interface Judged extends FuzzCase, Verdict {
  /** The damage to the file. */
  readonly what: string;
}

/** Returns counts by container and damage as Markdown: refused / converted with a warning / converted without. */
export function table(judged: readonly Judged[]): string {
  const counts = (of: readonly Judged[]): string => {
    const count = (outcome: Outcome): number => of.filter((one) => one.outcome === outcome).length;
    return of.length === 0 ? '' : `${count('refused')} / ${count('warned')} / ${count('converted')}`;
  };
  const rows = containers.map(({ name }) => {
    const own = judged.filter(({ container }) => container.name === name);
    return [name, ...damages.map((kind) => counts(own.filter(({ damage }) => damage === kind))), counts(own)];
  });
  const all = ['all', ...damages.map((kind) => counts(judged.filter(({ damage }) => damage === kind))), counts(judged)];
  const lines = [['container', ...damages, 'all'], ...[...rows, all].filter((row) => row.at(-1) !== '')];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((row) => row[column]?.length ?? 0)));
  const text = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [text(lines[0]!), rule, ...lines.slice(1).map(text)].join('\n');
}
