import type { QualityGrade } from '#libs/audio';
import { tally, type Verdict, type Verdicts } from './judge.js';
import type { Damage } from './damages.js';
import type { SpeakerTally } from './other-speakers.js';

/** A damage, and what was said of all its stretches. */
export type JudgedDamage = Verdicts & { readonly damage: Damage };

/** Returns a table of damages: hits and false alarms, measured in both ways, and grades. */
export function damageTable(judged: readonly JudgedDamage[]): string {
  const rows = judged.map(({ damage, uploaded, stored }) => {
    const name = damage.code === null ? 'no reason' : `\`${damage.code}\``;
    return [damage.name, name, ...[uploaded, stored].flatMap((verdicts) => shares(verdicts, damage)), grades(uploaded)];
  });
  const head = [
    'recording',
    'should have',
    'has it',
    'has another',
    'stored: has it',
    'has another',
    'good, fair, poor',
  ];
  return table([head, ...rows]);
}

/** Returns a table of voices with samples of other speakers. */
export function speakerTable(tallies: readonly SpeakerTally[]): string {
  const rows = tallies.map(({ name, hits, otherSamples, falseAlarms, ownSamples }) => [
    ...[name, otherSamples === 0 ? '–' : percent(hits, otherSamples), percent(falseAlarms, ownSamples)],
  ]);
  return table([['another speaker in', 'found', 'false alarms'], ...rows]);
}

function shares(verdicts: readonly Verdict[], { code }: Damage): readonly string[] {
  const { total, hits, falseAlarms } = tally(verdicts, code);
  return [percent(hits, total), percent(falseAlarms, total)];
}

function grades(verdicts: readonly Verdict[]): string {
  const count = (of: QualityGrade): number => verdicts.filter(({ grade }) => grade === of).length;
  return `${count('good')}, ${count('fair')}, ${count('poor')}`;
}

const percent = (part: number, whole: number): string => `${Number(((100 * part) / whole).toFixed(1))} %`;

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
