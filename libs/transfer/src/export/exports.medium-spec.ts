import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CONFIG, type Config } from '#libs/config';
import { EmbeddingsService } from '#libs/embeddings';
import { LOGGER, type Logger } from '#libs/logging';
import { SamplesService } from '#libs/samples';
import { OBJECT_STORAGE, voicePrefix, type ObjectStorage } from '#libs/storage';
import { VoicesService } from '#libs/voices';
import { Domain, required } from '../../../../test/support/domain.js';
import {
  voiceInFirstSplit,
  voiceKinds,
  voiceOfKind,
  type VoiceKind,
} from '../../../../test/support/kinds-of-voices.js';
import { filesOf } from '../document-files.js';
import { parseDocument } from '../parse-document.js';
import type { VoiceDocument } from '../voice-document.js';
import { ObjectChecksums } from './object-checksums.js';
import { ExportsService, type VoiceArchive } from './exports.service.js';

const clip = { bytes: Buffer.from('not really Opus, which no export minds'), seconds: 1.25 };
const never = new AbortController().signal;

let domain: Domain;
let partnerId: string;
let storage: ObjectStorage;
let exports: ExportsService;
beforeAll(async () => {
  domain = await Domain.open();
  partnerId = await domain.partner();
  storage = domain.get<ObjectStorage>(OBJECT_STORAGE);
  exports = serviceOn(storage);
});
afterAll(() => domain.close());

/** Whatever it exports breaks no rule of an import. */
class CheckedExports extends ExportsService {
  override async plan(voiceId: string, signal: AbortSignal): Promise<VoiceArchive> {
    const archive = await super.plan(voiceId, signal);
    documentIn(archive);
    return archive;
  }
}

/** A process that has read nothing yet. */
function serviceOn(objects: ObjectStorage, requireConsent: Config['requireConsent'] = 'false'): ExportsService {
  const config = { ...domain.get<Config>(CONFIG), requireConsent };
  return new CheckedExports(domain.database, new ObjectChecksums(objects), config, domain.get<Logger>(LOGGER));
}

const documentIn = ({ files }: VoiceArchive): VoiceDocument => parseDocument(files[0]?.content as Buffer);
const made = (kind: VoiceKind, partner?: string): Promise<string> =>
  voiceOfKind(domain, partner ?? partnerId, kind, clip);
const sampleFile = async (voiceId: string): Promise<string> => {
  const [row] = await domain.database.query<{ key: string }>(
    'SELECT object_key AS key FROM samples WHERE voice_id = $1 ORDER BY index DESC LIMIT 1',
    [voiceId],
  );
  return domain.objectPath(required(row).key);
};

describe('ExportsService.plan', () => {
  it.each(voiceKinds)('makes an archive of a voice %s that says what the voice has', async (kind) => {
    const voiceId = await made(kind, await domain.partner());
    const archive = await exports.plan(voiceId, never);
    const document = documentIn(archive);
    const named = filesOf(document);
    expect(archive.files.map(({ name }) => name)).toEqual(['voice.json', ...named.map(({ entry }) => entry)]);
    for (const [at, { file }] of named.entries()) {
      const { bytes, content } = archive.files[at + 1] ?? {};
      expect([bytes, (await storage.stat(content as string))?.bytes]).toEqual([file.bytes, file.bytes]);
    }
    const details = await domain.get(VoicesService).details(voiceId);
    expect(document).toMatchObject({
      name: kind,
      language: details.language,
      description: details.description,
      creator_name: details.creatorName,
      status: { splitting: details.splittingStatus, embedding: details.embeddingStatus },
      errors: { splitting: details.splittingError, embedding: details.embeddingError },
      warnings: details.warnings,
      embedding_type: details.embeddingType,
      created_at: '2025-01-02T03:04:05Z',
    });
    expect(document.preferred_sample?.index ?? null).toBe(details.preferredSampleIndex);
    expect(document.original?.uploaded_name ?? null).toBe(details.originalUploadedName);
    expect(document.samples.map(({ index, source_start, duration }) => [index, source_start, duration])).toEqual(
      details.samples.map(({ index, sourceStartSeconds, durationSeconds }) => [
        index,
        sourceStartSeconds,
        durationSeconds,
      ]),
    );
    const current = document.embeddings.find((each) => each.tts_type === details.embeddingType);
    expect(current?.last_update_status).toBe(details.embedding?.lastUpdateStatus);
    expect(current?.run?.engine ?? null).toEqual(details.embedding?.engine ?? null);
    const shown = current?.shows_results === true ? current.run : null;
    expect(shown?.scores.map(({ sample_index }) => sample_index) ?? []).toEqual(
      details.embedding?.scores.map(({ sampleIndex }) => sampleIndex) ?? [],
    );
    expect(shown?.test_samples.map((test) => [test.sample_index, test.sentence_index]) ?? []).toEqual(
      details.embedding?.testSamples.map((test) => [test.sampleIndex, test.sentenceIndex]) ?? [],
    );
  });

  it('gives the same archive for the same voice, by whichever process', async () => {
    const voiceId = await made('with consents');
    const [one, other] = [await exports.plan(voiceId, never), await serviceOn(storage).plan(voiceId, never)];
    expect(one).toEqual(other);
    await domain.get(VoicesService).update(voiceId, { description: 'Changed' });
    expect((await exports.plan(voiceId, never)).sha256).not.toBe(one.sha256);
  });

  it('orders consents by time, then by what they say, and never by their ids', async () => {
    const [one, other] = [
      await made('with consents', await domain.partner()),
      await made('with consents', await domain.partner()),
    ];
    const documents = await Promise.all([one, other].map(async (id) => documentIn(await exports.plan(id, never))));
    expect(documents[0]?.consents).toEqual(documents[1]?.consents);
    expect(documents[0]?.consents.map(({ created_at, method }) => [created_at.slice(0, 4), method])).toEqual([
      ['2024', 'written'],
      ['2025', 'written'],
      ['2025', 'verbal'],
      ['2025', 'recorded'],
      ['2025', 'verbal'],
    ]);
  });

  it('exports a voice in processing without the processing', async () => {
    const voiceId = await made('stale', await domain.partner());
    await domain.get(EmbeddingsService).request(voiceId, {});
    expect(documentIn(await exports.plan(voiceId, never))).toMatchObject({
      status: { embedding: 'completed' },
      errors: { embedding: null },
    });
  });

  it('exports a run that an older process has stored as clients see it', async () => {
    const voiceId = await made('embedded', await domain.partner());
    await domain.database.query('UPDATE embeddings SET stale = true WHERE voice_id = $1', [voiceId]);
    const whole = documentIn(await exports.plan(voiceId, never));
    const incomplete = `UPDATE embedding_runs SET test_samples = NULL, scores = '[]' WHERE voice_id = $1`;
    await domain.database.query(incomplete, [voiceId]);
    expect(documentIn(await exports.plan(voiceId, never))).toEqual(whole);
    await domain.database.query('DELETE FROM embedding_runs WHERE voice_id = $1', [voiceId]);
    const [embedding] = await domain.database.query<{ key: string }>(
      'SELECT zip_key AS key FROM embeddings WHERE voice_id = $1',
      [voiceId],
    );
    await storage.put(required(embedding).key, single('the zip'), { contentType: 'application/zip' });
    const bare = documentIn(await exports.plan(voiceId, never));
    expect(bare.embeddings[0]?.run).toMatchObject({
      ...{ engine: null, samples: null, embeddings: [], archive: { entry: 'embeddings/kyutai/embedding.zip' } },
      scores: whole.embeddings[0]?.run?.scores,
      test_samples: whole.embeddings[0]?.run?.test_samples,
    });
  });

  it('leaves out test samples that an older process has removed, and nothing else', async () => {
    const voiceId = await made('embedded', await domain.partner());
    const whole = documentIn(await exports.plan(voiceId, never));
    const [test] = await domain.database.query<{ key: string }>(
      `SELECT test_samples->0->>'objectKey' AS key FROM embedding_runs WHERE voice_id = $1`,
      [voiceId],
    );
    rmSync(domain.objectPath(required(test).key));
    const left = documentIn(await serviceOn(storage).plan(voiceId, never));
    const tests = ({ embeddings }: VoiceDocument): unknown[] => [...(embeddings[0]?.run?.test_samples ?? [])];
    expect(tests(whole)).toHaveLength(4);
    expect(tests(left)).toHaveLength(3);
    expect(tests(whole)).toEqual(expect.arrayContaining(tests(left)));
    expect({ ...left, embeddings: [] }).toEqual({ ...whole, embeddings: [] });

    rmSync(await sampleFile(voiceId));
    await expect(serviceOn(storage).plan(voiceId, never)).rejects.toThrow('does not exist');
  });

  it('reads the voice again if a sample is deleted meanwhile', async () => {
    const voiceId = await made('of uploaded samples', await domain.partner());
    const file = await sampleFile(voiceId);
    let deletion: Promise<void> | undefined;
    const whileDeleting = overridden({
      readThrough: async (key, range, buffers) => {
        deletion ??= domain
          .get(SamplesService)
          .remove(voiceId, 5)
          .then(() => rmSync(file));
        await deletion;
        return storage.readThrough(key, range, buffers);
      },
    });
    const archive = await serviceOn(whileDeleting).plan(voiceId, never);
    expect(documentIn(archive)).toMatchObject({ preferred_sample: null, samples: [{ index: 2 }] });
  });

  it.each([
    ['before', null],
    ['while', new Error('The object vanished while it was read')],
  ])('throws voice_not_found if the voice is deleted %s its objects are read', async (_when, failure) => {
    const voiceId = await made('embedded', await domain.partner());
    let deletion: Promise<void> | undefined;
    const whileDeleting = overridden({
      readThrough: async () => {
        deletion ??= domain
          .get(VoicesService)
          .remove(voiceId)
          .then(() => storage.deletePrefix(voicePrefix(voiceId)));
        await deletion;
        return failure && failing(failure);
      },
    });
    const plan = serviceOn(whileDeleting).plan(voiceId, never);
    await expect(plan).rejects.toMatchObject({ code: 'voice_not_found' });
  });

  it('throws if an object is lost, or is not what its row says', async () => {
    const voiceId = await made('of uploaded samples', await domain.partner());
    const file = await sampleFile(voiceId);
    writeFileSync(file, 'x'.repeat(clip.bytes.length));
    await expect(serviceOn(storage).plan(voiceId, never)).rejects.toThrow('is not what its row says');
    rmSync(file);
    await expect(serviceOn(storage).plan(voiceId, never)).rejects.toThrow('does not exist');
  });

  it('throws voice_locked during the first split', async () => {
    const voiceId = await voiceInFirstSplit(domain, await domain.partner(), clip);
    await expect(exports.plan(voiceId, never)).rejects.toMatchObject({ code: 'voice_locked' });
  });

  it('throws no_consent if REQUIRE_CONSENT asks for one and none is valid', async () => {
    const strict = serviceOn(storage, 'true');
    const [without, having] = [
      await made('empty', await domain.partner()),
      await made('with consents', await domain.partner()),
    ];
    await expect(strict.plan(without, never)).rejects.toMatchObject({ code: 'no_consent' });
    expect((await strict.plan(having, never)).files.length).toBeGreaterThan(1);
    await domain.database.query('UPDATE consents SET revoked_at = now() WHERE voice_id = $1', [having]);
    await expect(strict.plan(having, never)).rejects.toMatchObject({ code: 'no_consent' });
  });

  it('stops reading when the client leaves', async () => {
    const voiceId = await made('embedded', await domain.partner());
    const leaving = new AbortController();
    const reads: string[] = [];
    const whileLeaving = overridden({
      readThrough: async (key, range, buffers) => {
        reads.push(key);
        leaving.abort(new Error('gone'));
        return storage.readThrough(key, range, buffers);
      },
    });
    await expect(serviceOn(whileLeaving).plan(voiceId, leaving.signal)).rejects.toThrow('gone');
    expect(reads.length).toBeLessThanOrEqual(2); // one may have been looked up meanwhile
  });
});

/** The storage with other methods. */
const overridden = (methods: Partial<ObjectStorage>): ObjectStorage =>
  Object.assign(Object.create(storage) as ObjectStorage, methods);

async function* failing(error: Error): AsyncGenerator<Buffer> {
  yield Buffer.from('x');
  throw error;
}

async function* single(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}
