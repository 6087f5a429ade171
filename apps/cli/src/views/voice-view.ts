import type { Schema } from '#libs/client';
import { ageText, durationText } from '../screen/amounts.js';
import { onOneLine } from '../screen/plain-text.js';
import type { Column } from '../screen/table.js';

type Details = Schema<'VoiceDetails'>;
type Summary = Schema<'VoiceSummary'>;
type Sample = Schema<'Sample'>;

const labelsText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}:${value}`)
    .join(' ');

/** Returns one word for both statuses of a voice, and more only if they differ in what matters. */
export function statusText(splitting: string, embedding: string): string {
  if (splitting === 'in_progress') return 'splitting';
  if (embedding === 'in_progress') return 'embedding';
  if (splitting === 'failed') return 'split failed';
  if (embedding === 'failed') return 'embedding failed';
  if (embedding === 'completed') return 'embedded';
  return splitting === 'completed' ? 'split' : 'idle';
}

export const voiceColumns: readonly Column<Summary>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'STATUS', cell: (voice) => statusText(voice.splitting_status, voice.embedding_status) },
  { title: 'SAMPLES', cell: ({ sample_count }) => sample_count, isNumber: true },
  {
    title: 'LENGTH',
    cell: ({ original_duration }) => (original_duration === null ? '' : durationText(original_duration)),
    exact: ({ original_duration }) => original_duration,
    isNumber: true,
  },
  { title: 'LANGUAGE', cell: ({ language }) => language },
  { title: 'UPDATED', cell: ({ updated_at }) => ageText(updated_at), exact: ({ updated_at }) => updated_at },
  { title: 'LABELS', cell: ({ labels }) => labelsText(labels) },
  { title: 'ID', cell: ({ id }) => id },
];

/** A sample with what the embedding says about it. */
export interface ScoredSample extends Sample {
  readonly score: number | undefined;
  readonly isPreferred: boolean;
}

export function scoredSamples({ samples, embedding_info, preferred_sample_index }: Details): readonly ScoredSample[] {
  const scores = new Map(embedding_info?.sample_scores.map(({ sample_index, score }) => [sample_index, score]));
  return samples.map((sample) => ({
    ...sample,
    score: scores.get(sample.index),
    isPreferred: sample.index === preferred_sample_index,
  }));
}

const gradeText = (quality: Schema<'SampleQuality'> | null): string => quality?.grade ?? '';
const reasonsText = (quality: Schema<'SampleQuality'> | null): string =>
  (quality?.reasons ?? []).map(({ code }) => code).join(' ');

export const sampleColumns: readonly Column<ScoredSample>[] = [
  { title: 'INDEX', cell: ({ index }) => index, isNumber: true },
  { title: 'FROM', cell: ({ source_timestamp }) => source_timestamp ?? 'uploaded', isNumber: true },
  {
    title: 'LENGTH',
    cell: ({ duration }) => durationText(duration),
    exact: ({ duration }) => duration,
    isNumber: true,
  },
  { title: 'GRADE', cell: ({ quality }) => gradeText(quality) },
  { title: 'SCORE', cell: ({ score }) => score?.toFixed(3), exact: ({ score }) => score, isNumber: true },
  { title: 'PREFERRED', cell: ({ isPreferred }) => (isPreferred ? 'yes' : '') },
  { title: 'REASONS', cell: ({ quality }) => reasonsText(quality) },
];

export const plannedColumns: readonly Column<Schema<'PlannedSample'>>[] = [
  { title: 'FROM', cell: ({ source_timestamp }) => source_timestamp, isNumber: true },
  {
    title: 'LENGTH',
    cell: ({ duration }) => durationText(duration),
    exact: ({ duration }) => duration,
    isNumber: true,
  },
  { title: 'GRADE', cell: ({ quality }) => gradeText(quality) },
  { title: 'REASONS', cell: ({ quality }) => reasonsText(quality) },
];

export type Processing = 'splitting' | 'embedding';

const failed: Readonly<Record<Processing, string>> = { splitting: 'Splitting failed', embedding: 'Embedding failed' };

/** Returns why processing has failed, one sentence for each kind that has. */
export function failuresOf(
  { status, errors }: Pick<Details, 'status' | 'errors'>,
  kinds: readonly Processing[] = ['splitting', 'embedding'],
): readonly string[] {
  return kinds
    .filter((kind) => status[kind] === 'failed')
    .map((kind) => `${failed[kind]}: ${errors[kind] ?? 'no reason was given'}`);
}

/** Returns what a voice is, as names and values, without its samples and failures. */
export function voiceLines(voice: Details): readonly string[] {
  const { status, embedding_info: info } = voice;
  const engine = info?.engine;
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ['Name', voice.name],
    ['Id', voice.id],
    ['Status', statusText(status.splitting, status.embedding)],
    ['Progress', voice.progress === null ? null : progressText(voice.progress)],
    ['Recording', voice.original_uploaded_name],
    ['Length', voice.original_duration === null ? null : durationText(voice.original_duration)],
    ['Samples', String(voice.samples.length)],
    ['Preferred', voice.preferred_sample_index === null ? 'none' : `sample ${voice.preferred_sample_index}`],
    ['Language', voice.language],
    ['Labels', labelsText(voice.labels)],
    ['Description', voice.description],
    ['Creator', [voice.creator_name, voice.creator_email].filter((part) => part !== null).join(', ')],
    ['Embedding', engine ? `${voice.embedding_type}, by ${engine.name} ${engine.version}` : voice.embedding_type],
    ['Stale', info?.stale_reasons.join(' ')],
    ['Created', voice.created_at],
    ['Updated', voice.updated_at],
  ];
  const given = rows.filter((row): row is readonly [string, string] => Boolean(row[1]));
  return [
    ...given.map(([name, value]) => `${`${name}:`.padEnd(13)}${onOneLine(value)}`),
    ...voice.warnings.map(({ message }) => `Warning: ${message}`),
  ];
}

/** Returns the step of a job: `embedding 3 of 12`. */
export function progressText({ stage, done, of }: Schema<'Progress'>): string {
  return of > 0 ? `${stage} ${done} of ${of}` : stage;
}
