import { readFileSync } from 'node:fs';
import { openApiFile } from '../../support/openapi.js';
import { toneForm } from './tone.js';

/** What speech.e2e-spec.ts covers. */
export const ofSpeech = /^(speak|getSpeech) /;

/** What consent.e2e-spec.ts covers. */
export const ofConsent = /^(addConsent|listConsents|downloadConsent|revokeConsent) /;

/** What export.e2e-spec.ts covers. */
export const ofExport = /^exportVoice (409|416)/;

/** What imports.e2e-spec.ts covers. */
export const ofImport = /^importVoice /;

interface Documented {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { examples?: object }>> }>>;
}

/** Failures that only an `Idempotency-Key` causes, as `operationId status`. idempotency.e2e-spec.ts covers them. */
export function onlyOfKeys(): ReadonlySet<string> {
  const { paths } = JSON.parse(readFileSync(openApiFile, 'utf8')) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  };
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  return new Set(
    operations.flatMap(({ operationId, responses }) =>
      Object.entries(responses).flatMap(([status, { content }]) => {
        const codes = Object.keys(content?.['application/json']?.examples ?? {});
        const isOfKeys = codes.length > 0 && codes.every((code) => code.startsWith('idempotency_'));
        return isOfKeys ? [`${operationId} ${status}`] : [];
      }),
    ),
  );
}

/** What webhooks.e2e-spec.ts covers. */
export const ofWebhooks = /Webhook/;

/** What recompute.e2e-spec.ts covers. */
export const ofRecompute = /Recompute/;

const covered = [ofSpeech, ofConsent, ofWebhooks, ofRecompute, ofImport, ofExport];

/** Whether the file of a feature covers an operation and status, and has a test that says so. */
export const isCoveredElsewhere = (each: string): boolean => covered.some((of) => of.test(each));

/** The headers of a JSON body. */
export const json = { 'Content-Type': 'application/json' };
/** Bodies that cannot be parsed. */
export const malformed: readonly (readonly [what: string, body: string, headers: Record<string, string>])[] = [
  ['broken JSON', '{"name":', json],
  ['a JSON list', '[]', json],
  ['a percent sign in a form', 'name=%zz', { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['a multipart body without its end', '--x\r\nContent-Disp', { 'Content-Type': 'multipart/form-data; boundary=x' }],
  ['a multipart body without boundary', 'x', { 'Content-Type': 'multipart/form-data' }],
];

/** Requests for missing parts of a voice. */
export const nothingInVoice: readonly (readonly [method: string, path: string, detail: string])[] = [
  ['GET', '/samples/2', 'Sample not found'],
  ['GET', '/samples/0', 'Sample not found'],
  ['GET', '/samples/one', 'Sample not found'],
  ['GET', '/samples/99999999999999999999', 'Sample not found'],
  ['DELETE', '/samples/2', 'Sample not found'],
  ['GET', '/test-samples/test_9_9.opus', 'Test sample not found'],
  ['GET', '/test-samples/nothing', 'Test sample not found'],
  ['GET', '/embedding', 'Embedding not found'],
  ['GET', '/embedding?sample_index=1', 'Embedding not found'],
  ['GET', '/embedding?sample_index=2', 'Sample not found'],
  ['GET', '/embedding-runs/nothing', 'Embedding run not found'],
  ['GET', '/embedding-runs/3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11', 'Embedding run not found'],
  ['POST', '/embedding-runs/3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11/restore', 'Embedding run not found'],
  ['DELETE', '/embedding-runs/3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11', 'Embedding run not found'],
  ['GET', '/consent/nothing/file', 'Consent not found'],
  ['POST', '/consent/3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11/revoke', 'Consent not found'],
  ['GET', '/speech/nothing', 'Speech not found'],
  ['GET', '/speech/3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11', 'Speech not found'],
  ['GET', '/nothing', 'Not found'],
];

/** Requests of an admin for missing resources. */
export const nothingForAdmin: readonly (readonly [method: string, path: string, detail: string])[] = [
  ['DELETE', '/admin/partners/nobody-here', 'Partner not found'],
  ['GET', '/admin/partners/nobody-here/keys', 'Partner not found'],
  ['GET', '/voices/nobody-here/events', 'Partner not found'],
  ['DELETE', '/admin/keys/nothing', 'Key not found'],
  ['DELETE', '/admin/keys/abcdefghijklmnop', 'Key not found'],
  ['POST', '/admin/jobs/nothing/cancel', 'Not found'],
  ['POST', '/admin/jobs/3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11/cancel', 'Not found'],
  ['POST', '/hooks/runpod/nothing', 'Not found'],
  ['POST', `/hooks/runpod/${'a'.repeat(32)}.1`, 'Not found'],
  ['GET', '/nothing', 'Not found'],
  ['POST', '/voices', 'Not found'],
];

/** Invalid fields and parameters. `fields` is null if they are in the query. */
export const wrongFields: readonly (readonly [method: string, path: string, fields: object | null, field: string])[] = [
  ['POST', '', { name: '' }, 'name'],
  ['POST', '', {}, 'name'],
  ['POST', '/empty', { name: 'x'.repeat(256) }, 'name'],
  ['POST', '/empty', { name: 'a/b' }, 'name'],
  ['POST', '', { name: 'n', language: 'ja' }, 'language'],
  ['POST', '/empty', { name: 'n', language: 'fr_FR' }, 'language'],
  ['PUT', '/empty/name', { name: '..' }, 'name'],
  ['POST', '/empty', { name: 'n', labels: { Key: 'x' } }, 'labels'],
  ['POST', '', { name: 'n', labels: 'key:x' }, 'labels'],
  ['POST', '', { name: 'n', description: 'x'.repeat(1001) }, 'description'],
  ['POST', '', { name: 'n', description: 'a\0b' }, 'description'],
  ...[{ 'a:b': 'x' }, { a: '' }, { a: 5 }, { a: ['x'] }, { a: 'x'.repeat(101) }, ['a:b'], '', '{', '[]', null].map(
    (labels) => ['PATCH', '/empty', { labels }, 'labels'] as const,
  ),
  ['PATCH', '/empty', { labels: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`k${at}`, 'x'])) }, 'labels'],
  ['PATCH', '/empty', { language: '' }, 'language'],
  ['PATCH', '/empty', { language: null }, 'language'],
  ['PATCH', '/empty', { description: '' }, 'description'],
  ['PATCH', '/empty', { creator_name: '' }, 'creator_name'],
  ['PATCH', '/empty', { creator_email: 'nobody' }, 'creator_email'],
  ['PATCH', '/empty', { label: 'a:b' }, 'label'],
  ['POST', '/split/split', { max_samples: '0' }, 'max_samples'],
  ['POST', '/split/split', { max_samples: '101' }, 'max_samples'],
  ['POST', '/split/split', { sample_duration: '4' }, 'sample_duration'],
  ['POST', '/split/split', { sample_duration: '61' }, 'sample_duration'],
  ['POST', '/split/split', { max_samples: null }, 'max_samples'],
  ['POST', '/split/split', { max_samples: '5' }, 'max_samples'],
  ['POST', '/split/split?max_samples=', null, 'max_samples'],
  ['POST', '/split/split', { mode: '' }, 'mode'],
  ['POST', '/split/embed?tts_type=', null, 'tts_type'],
  ['POST', '/split/embed', { tts_type: '' }, 'tts_type'],
  ['GET', '/split/test-samples?tts_type=', null, 'tts_type'],
  ['GET', '/split/embedding?tts_type=', null, 'tts_type'],
  ['GET', '/split?audio_urls=', null, 'audio_urls'],
  ['POST', '/empty', { name: 'n', creator_name: null }, 'creator_name'],
  ['POST', '/empty', { name: 'n', creator_name: '' }, 'creator_name'],
  ['POST', '/split/split', { mode: 'words' }, 'mode'],
  ['POST', '/split/split', { min_duration: '2' }, 'min_duration'],
  ['POST', '/split/split', { min_duration: '16' }, 'min_duration'],
  ['POST', '/split/split', { select: 'worst' }, 'select'],
  ['POST', '/split/split', { dry_run: 1 }, 'dry_run'],
  ['POST', '/split/split?dry_run=yes', null, 'dry_run'],
  ['POST', '', { name: 'n', split_mode: 'words' }, 'split_mode'],
  ['POST', '', { name: 'n', split_min_duration: 16 }, 'split_min_duration'],
  ['POST', '/split/embed', { tts_type: 'unknown' }, 'tts_type'],
  ['POST', '/split/embed', { language: 'French' }, 'language'],
  ['POST', '/split/embed', { test_sentences: [] }, 'test_sentences'],
  ['POST', '/split/embed', { test_sentences: ['One.', ' '] }, 'test_sentences'],
  ['POST', '/split/embed', { test_sentences: ['x'.repeat(301)] }, 'test_sentences'],
  ['POST', '/split/embed', { test_sentences: ['1', '2', '3', '4', '5', '6'] }, 'test_sentences'],
  ['POST', '/split/consent', { statement: 'x', language: 'en', granted_by: 'x', method: 'x' }, 'method'],
  ['POST', '/split/speak', {}, 'text'],
  ['POST', '/split/speak', { text: '  ' }, 'text'],
  ['POST', '/split/speak', { text: 'x'.repeat(501) }, 'text'],
  ['POST', '/split/speak', { text: 'one\ntwo' }, 'text'],
  ['POST', '/split/speak', { text: 'x', sample_index: '0' }, 'sample_index'],
  ['POST', '/split/speak', { text: 'x', seed: 4_294_967_296 }, 'seed'],
  ['PUT', '/split/preferred-sample', {}, 'sample_index'],
  ['PUT', '/split/preferred-sample', { sample_index: 'x' }, 'sample_index'],
  ['POST', '/empty/samples', {}, 'file'],
  ['POST', '/import', {}, 'file'],
  ['DELETE', '/split?force=yes', null, 'force'],
  ['GET', '?limit=0', null, 'limit'],
  ['GET', '?limit=1001', null, 'limit'],
  ['GET', '?cursor=x', null, 'cursor'],
  ['GET', '?sort=created_at&cursor=djE6YQ', null, 'cursor'],
  ['GET', '?sort=size', null, 'sort'],
  ['GET', '?order=', null, 'order'],
  ['GET', '?status=done', null, 'status'],
  ['GET', '?q=', null, 'q'],
  ['GET', '?q=%00', null, 'q'],
  ['GET', '?q=a&q=b', null, 'q'],
  ['GET', '?label=project', null, 'label'],
  ['GET', '?label=a:b&label=', null, 'label'],
  ['GET', `?${'label=a:b&'.repeat(21)}`, null, 'label'],
  ['GET', '/split?audio_urls=yes', null, 'audio_urls'],
  ['GET', '/split?audio_urls=true&audio_urls=true', null, 'audio_urls'],
  ['GET', '/split?audio_url=true', null, 'audio_url'],
  ['GET', '/split/waveform?points=9', null, 'points'],
  ['GET', '/split/waveform?from=-1', null, 'from'],
  ['GET', '/split/waveform?from=31', null, 'from'],
  ['GET', '/split/waveform?to=0', null, 'to'],
  ['GET', '/split/embedding?sample_index=0', null, 'sample_index'],
  ['GET', '/split/embedding?sample_index=one', null, 'sample_index'],
  ['GET', '/split/embedding?sample_index=4294967296', null, 'sample_index'],
  ['GET', '/split/embedding?tts_type=No', null, 'tts_type'],
  ['GET', '/split/test-samples?tts_type=No', null, 'tts_type'],
  ['GET', '/split/test-samples/test_1_1.opus?tts_type=..', null, 'tts_type'],
  ['DELETE', '/split/test-files/No', null, 'tts_type'],
];

/** Invalid fields of a new key. */
export const wrongKeyFields: readonly (readonly [
  path: string,
  fields: Readonly<Record<string, string>>,
  field: string,
])[] = [
  ['/admin/partners/No%20Name/keys', { name: 'x' }, 'partner'],
  ['/admin/partners/fine/keys', {}, 'name'],
  ['/admin/partners/fine/keys', { name: 'x', expires_at: 'tomorrow' }, 'expires_at'],
  ['/admin/partners/fine/keys', { name: 'x', expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
];

/** Requests that the state of the voice does not allow. */
export const conflicts: readonly (readonly [method: string, path: string, fields: object | null, detail: string])[] = [
  ['POST', '', { name: 'empty' }, 'Voice already exists'],
  ['POST', '/empty', { name: 'empty' }, 'Voice already exists'],
  ['PUT', '/split/name', { name: 'empty' }, 'Voice already exists'],
  ['POST', '/empty/split', {}, 'Voice has no original recording'],
  ['POST', '/empty/split', { dry_run: true }, 'Voice has no original recording'],
  ['GET', '/empty/waveform', null, 'Voice has no original recording'],
  ['GET', '/empty/original', null, 'Voice has no original recording'],
  ['POST', '/empty/embed', {}, 'Voice has no samples'],
  ['POST', '/empty/cancel', null, 'Voice is not being processed'],
  ['POST', '/split/cancel', {}, 'Voice is not being processed'],
];

/** Changes of a voice, which a locked one refuses. */
export const changesOfVoice: readonly (readonly [
  method: string,
  path: string,
  body: NonNullable<RequestInit['body']> | null,
])[] = [
  ['DELETE', '', null],
  ['PUT', '/name', new URLSearchParams({ name: 'renamed' })],
  ['PATCH', '', new URLSearchParams({ language: 'fr' })],
  ['PATCH', '', null],
  ['PUT', '/preferred-sample', new URLSearchParams({ sample_index: '1' })],
  ['PUT', '/preferred-sample', new URLSearchParams({ sample_index: '77' })],
  ['POST', '/split', null],
  ['POST', '/embed', null],
  ['POST', '/samples', toneForm(2)],
  ['DELETE', '/samples/1', null],
  ['DELETE', '/samples/77', null],
  ['DELETE', '/samples/none', null],
  ['DELETE', '/test-files/kyutai', null],
  ['POST', '/embedding-runs/none/restore', null],
  ['DELETE', '/embedding-runs/none', null],
];
