import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { namedFile, voiceDocumentExample } from '../../../test/support/voice-document.js';
import { filesOf } from './document-files.js';
import { maxDocumentBytes, parseDocument } from './parse-document.js';
import { Mismatch } from './strict-json.js';

const now = Date.parse('2026-12-01T00:00:00Z');
const parse = (value: unknown): unknown => parseDocument(Buffer.from(JSON.stringify(value)), now);

/** What a test sets in the example, by its path. `undefined` removes a field. */
type Change = readonly [path: string, value: unknown];

/** Returns a copy of the example with one value changed. */
function changed(...changes: readonly Change[]): unknown {
  const copy = structuredClone(voiceDocumentExample) as unknown;
  for (const [path, value] of changes) {
    const names = path.split('.');
    const parent = names.slice(0, -1).reduce((at, name) => (at as Record<string, unknown>)[name], copy);
    (parent as Record<string, unknown>)[names.at(-1) ?? ''] = value;
  }
  return copy;
}

/** Returns all paths of values in the example. */
function paths(value: unknown, path = ''): string[] {
  const here = path === '' ? [] : [path];
  if (typeof value !== 'object' || value === null) return here;
  const entries = Object.entries(value).filter(([name]) => !name.includes('.'));
  return [...here, ...entries.flatMap(([name, of]) => paths(of, path === '' ? name : `${path}.${name}`))];
}

const late = '2027-01-01T00:00:00Z';
const completedWithout: readonly Change[] = [
  ['status.splitting', 'completed'],
  ['errors.splitting', null],
  ['samples', []],
  ['preferred_sample', null],
];

const refused: readonly (readonly [sentence: string, ...changes: Change[]])[] = [
  ['voice.json has a format that this Timbre does not read: only 1', ['format', 2]],
  ['voice.json.format must be 1', ['format', '1']],
  ['voice.json has the unknown field "updated_at"', ['updated_at', '2026-11-20T09:08:07Z']],
  ['voice.json lacks the field "name"', ['name', undefined]],
  ['voice.json.name must be a name that voices may have', ['name', '../etc']],
  ['voice.json.name must be text of 1 to 255 characters', ['name', 'x'.repeat(256)]],
  ['voice.json.name contains invalid characters', ['name', 'a\ud800b']],
  ['voice.json.description contains invalid characters', ['description', 'a\0b']],
  ['voice.json.description must be text without control characters', ['description', 'a\u202eb']],
  ['voice.json.language must be a language that this Timbre has', ['language', 'xx']],
  ['voice.json.labels must be labels: at most 20 pairs', ['labels', { A: '1' }]],
  ['voice.json.labels must be an object', ['labels', ['a:b']]],
  ['voice.json.created_at must be a time', ['created_at', '2026-02-30T00:00:00Z']],
  ['voice.json.created_at must be text of 20 to 20 characters', ['created_at', 1_700_000_000]],
  ['voice.json.status.splitting must be idle or completed or failed', ['status.splitting', 'in_progress']],
  ['voice.json.errors.embedding must be null', ['errors.embedding', 'Cancelled']],
  ['voice.json.preferred_sample must be one of the samples', ['preferred_sample.index', 2]],
  ['voice.json.next_sample_index must be above all samples', ['next_sample_index', 3]],
  ['voice.json.samples[1] is a duplicate or out of order', ['samples.1.index', 1]],
  ['voice.json.samples[1].index must be a whole number', ['samples.1.index', 3.5]],
  ['voice.json.samples[0].quality.snr_db must be a number', ['samples.0.quality.snr_db', null]],
  ['voice.json.samples[0].file.entry must be samples/0001.opus', ['samples.0.file.entry', '../../samples/0001.opus']],
  ['voice.json.samples[0].file.sha256 must be a SHA-256', ['samples.0.file.sha256', 'AB'.repeat(32)]],
  ['voice.json.samples[0].file.bytes must be a whole number', ['samples.0.file.bytes', 0]],
  ['voice.json.samples must be a list of 0 to 500 items', ['samples', Array.from({ length: 501 }, () => ({}))]],
  ['voice.json.original.file.entry must be original.opus', ['original.file.entry', 'samples/0001.opus']],
  ['voice.json.original.uploaded_name must be the name of a file', ['original.uploaded_name', '/etc/passwd']],
  ['voice.json.embeddings[0].tts_type must be a tts type', ['embeddings.0.tts_type', '..']],
  [
    'voice.json.embeddings[2].run is required because last_update_status is success',
    ['embeddings.2.last_update_status', 'success'],
  ],
  ['voice.json.embeddings[2].run is required because shows_results is true', ['embeddings.2.shows_results', true]],
  [
    'voice.json.embeddings[0].run must have embeddings or an archive, and not both',
    ['embeddings.0.run.archive', namedFile('embeddings/kyutai/embedding.zip')],
  ],
  ['voice.json.embeddings[1].run must have embeddings or an archive', ['embeddings.1.run.archive', null]],
  [
    'voice.json.embeddings[0].run.scores[0].score must be a number from -1 to 1',
    ['embeddings.0.run.scores.0.score', 2],
  ],
  [
    'voice.json.embeddings[0].run.scores[0].lowest_part_score must be a number from -1 to 1',
    ['embeddings.0.run.scores.0.lowest_part_score', null],
  ],
  [
    'voice.json.embeddings[0].run.embeddings[0].file.entry must be embeddings/kyutai/0001.safetensors',
    ['embeddings.0.run.embeddings.0.file.entry', 'embeddings/kyutai/1.safetensors'],
  ],
  [
    'voice.json.embeddings[0].run.test_samples[1] is a duplicate or out of order',
    ['embeddings.0.run.test_samples.1.sentence_index', 1],
  ],
  [
    'voice.json.embeddings[0].run.scores[1] is a duplicate',
    ['embeddings.0.run.scores', [1, 1].map((sample_index) => ({ sample_index, score: 0.5 }))],
  ],
  [
    'voice.json.embeddings[0].run.failed_samples[2] is a duplicate',
    ['embeddings.0.run.failed_samples', [3, 1, 3].map((sample_index) => ({ sample_index, message: 'x' }))],
  ],
  ['voice.json.status.embedding must not be completed, because there is no run', ['embeddings', []]],
  [
    'voice.json.status.splitting must not be completed, because there is neither a recording nor a sample',
    ...completedWithout,
    ['original.file', null],
  ],
  [
    'voice.json.status.splitting must not be completed, because there is neither a recording nor a sample',
    ...completedWithout,
    ['original', null],
  ],
  ['voice.json.created_at must not be in the future', ['created_at', '2026-12-02T00:00:01Z']],
  ['voice.json.original.removed_at must not be in the future', ['original.removed_at', late]],
  ['voice.json.embeddings[2].last_update_time must not be in the future', ['embeddings.2.last_update_time', late]],
  ['voice.json.embeddings[1].run.created_at must not be in the future', ['embeddings.1.run.created_at', late]],
  ['voice.json.consents[1].revoked_at must not be in the future', ['consents.1.revoked_at', late]],
  [
    'voice.json.consents[0].similarity.measured_at must not be in the future',
    ['consents.0.similarity.measured_at', late],
  ],
  ['voice.json.samples[0].file.bytes must be a whole number from 1 to 2147483647', ['samples.0.file.bytes', 2 ** 31]],
  ['voice.json.consents[0].file.entry must be consents/001/file.pdf', ['consents.0.file.name', 'x.PDF']],
  ['voice.json.consents[0].recording must belong to the file', ['consents.0.method', 'written']],
  ['voice.json.consents[0].recording must belong to the file', ['consents.0.file', null]],
];

describe('parseDocument', () => {
  it('returns a document that breaks no rule as it is', () => {
    expect(parse(voiceDocumentExample)).toEqual(voiceDocumentExample);
  });

  it('returns a document from before scores of parts were added', () => {
    const earlier = changed(['embeddings.0.run.scores.0.lowest_part_score', undefined]);
    expect(parse(earlier)).toEqual(JSON.parse(JSON.stringify(earlier)));
  });

  it.each(refused)('throws "%s"', (sentence, ...changes) => {
    expect(() => parse(changed(...changes))).toThrow(new RegExp(`^${sentence.replaceAll(/[.[\]]/g, '\\$&')}`));
  });

  it('keeps labels such as __proto__', () => {
    const text = JSON.stringify(voiceDocumentExample).replace('"constructor":"x"', '"__proto__":"x"');
    const { labels } = parseDocument(Buffer.from(text), now);
    expect(Object.entries(labels)).toEqual([
      ['a.b', 'ü: 1'],
      ['__proto__', 'x'],
    ]);
  });

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['broken UTF-8', Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff]), Buffer.from('"}')])],
    ['a byte order mark', Buffer.from('\ufeff{}')],
  ])('throws a Mismatch for %s', (_what, bytes) => {
    expect(() => parseDocument(bytes)).toThrow(new Mismatch('voice.json', 'is not JSON in UTF-8'));
  });

  const full = (text: string): Buffer => Buffer.from(text.repeat(maxDocumentBytes / text.length));
  it.each([
    ['lists in lists', full('['), 'has more than 8 levels of lists and objects'],
    ['objects in objects', full('{"a":'), 'has more than 8 levels of lists and objects'],
    ['many empty objects', Buffer.from(`[${String(full('{},'))}{}]`), 'has too many values'],
    ['many numbers', full('1,'), 'has too many values'],
    ['many lists behind a text', Buffer.concat([Buffer.from('["\\"",'), full('[],')]), 'has too many values'],
  ])('refuses %s before it parses them', (_what, bytes, problem) => {
    expect(() => parseDocument(bytes)).toThrow(new Mismatch('voice.json', problem));
  });

  it('counts no brackets and commas within texts', () => {
    const document = changed(['description', '[{,"\\'.repeat(150)], ['warnings.0.message', '['.repeat(9_000)]);
    expect(parse(document)).toEqual(document);
  });

  it('accepts a completed split with a recording, with samples, or with a recording that was removed', () => {
    const withSamples = completedWithout.slice(0, 2);
    const splits: readonly (readonly Change[])[] = [
      completedWithout,
      [...withSamples, ['original', null]],
      [...completedWithout, ['original.file', null], ['original.removed_at', '2026-12-01T23:00:00Z']],
    ];
    for (const changes of splits) {
      expect(parse(changed(...changes))).toMatchObject({ status: { splitting: 'completed' } });
    }
  });

  it.each([['null'], ['[]'], ['1'], ['"text"'], ['{"format":1e999}']])('throws a Mismatch for %s', (text) => {
    expect(() => parseDocument(Buffer.from(text))).toThrow(Mismatch);
  });

  it('throws nothing but a Mismatch, whatever value is wrong', () => {
    const anywhere = fc.constantFrom(...paths(voiceDocumentExample));
    const wrong = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(anywhere, wrong, (path, value) => {
        try {
          parse(changed([path, value]));
        } catch (error) {
          expect(error).toBeInstanceOf(Mismatch);
          expect((error as Mismatch).message).toMatch(/^voice\.json/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('filesOf', () => {
  it('returns the files in the order of the archive, each with the name that it must have', () => {
    const files = filesOf(parseDocument(Buffer.from(JSON.stringify(voiceDocumentExample)), now));
    expect(files.map(({ kind, entry }) => [kind, entry])).toEqual([
      ['original', 'original.opus'],
      ['sample', 'samples/0001.opus'],
      ['sample', 'samples/0003.opus'],
      ['sample_embedding', 'embeddings/kyutai/0001.safetensors'],
      ['test_sample', 'test-samples/kyutai/0001_1.opus'],
      ['test_sample', 'test-samples/kyutai/0001_2.opus'],
      ['embedding_archive', 'embeddings/old/embedding.zip'],
      ['consent_file', 'consents/001/file.wav'],
      ['consent_recording', 'consents/001/recording.opus'],
    ]);
    expect(files.every(({ file, entry }) => file.entry === entry)).toBe(true);
  });
});
