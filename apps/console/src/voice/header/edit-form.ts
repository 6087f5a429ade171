import type { Schema } from '#libs/client';

/** A label while it is edited. Rows keep their id, so that typing does not move the focus. */
export interface LabelRow {
  readonly id: number;
  readonly key: string;
  readonly value: string;
}

/** What is known about a voice, as a form has it: a missing text is empty. */
export interface VoiceForm {
  readonly language: string;
  readonly labels: readonly LabelRow[];
  readonly description: string;
  readonly creatorName: string;
  readonly creatorEmail: string;
}

export const formOf = (voice: Schema<'VoiceDetails'>): VoiceForm => ({
  language: voice.language,
  labels: Object.entries(voice.labels).map(([key, value], id) => ({ id, key, value })),
  description: voice.description ?? '',
  creatorName: voice.creator_name ?? '',
  creatorEmail: voice.creator_email ?? '',
});

/**
 * Returns what a form changes. Fields that stay as they are are left out, so that somebody else's change of them is not undone. An
 * emptied text is `null`, which clears it.
 */
export function changesOf(voice: Schema<'VoiceDetails'>, form: VoiceForm): Schema<'UpdateVoiceFields'> {
  const before = formOf(voice);
  const labels = labelsOf(form.labels);
  return {
    ...(form.language !== before.language && { language: form.language }),
    ...(!areEqual(labels, voice.labels) && { labels }),
    ...(form.description !== before.description && { description: orNull(form.description) }),
    ...(form.creatorName !== before.creatorName && { creator_name: orNull(form.creatorName) }),
    ...(form.creatorEmail !== before.creatorEmail && { creator_email: orNull(form.creatorEmail) }),
  };
}

/** Returns the key that two rows have: one of them would be lost. Undefined if there is none. */
export function duplicateKey(rows: readonly LabelRow[]): string | undefined {
  const keys = filled(rows).map(({ key }) => key.trim());
  return keys.find((key, at) => keys.indexOf(key) !== at);
}

/** Returns rows with one more, empty row. */
export const withRow = (rows: readonly LabelRow[]): readonly LabelRow[] => [
  ...rows,
  { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, key: '', value: '' },
];

const orNull = (given: string): string | null => (given.trim() === '' ? null : given.trim());

/** Rows without anything in them are no labels. */
const filled = (rows: readonly LabelRow[]): readonly LabelRow[] =>
  rows.filter(({ key, value }) => `${key}${value}`.trim() !== '');

/** Returns the labels of rows; empty rows are none. */
export const labelsOf = (rows: readonly LabelRow[]): Record<string, string> =>
  Object.fromEntries(filled(rows).map(({ key, value }) => [key.trim(), value.trim()]));

const areEqual = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);
