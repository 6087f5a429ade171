import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsentsService } from '#libs/consent';
import { claimJob, withLease, type ImportJob } from '#libs/jobs';
import { Processing } from '#libs/processing';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { VoicesService, type VoiceDetails } from '#libs/voices';
import { Domain, ofKind, required } from '../../../../test/support/domain.js';
import { temporaryFolder } from '../../../../test/support/services.js';
import {
  brokenPacket,
  madeVoice,
  opusOf,
  packed,
  withContent,
  type MadeVoiceOptions,
} from '../../test/made-archive.js';
import { ExportsService, ImportStep, ImportsService } from '../index.js';
import { fileSource } from '../zip/byte-source.js';
import { openArchive } from './archive.js';
import type { ImportRequest } from './imports.service.js';
import { Unpacker } from './unpacker.js';

let domain: Domain;
let partnerId: string;
const folder = temporaryFolder();
beforeAll(async () => {
  domain = await Domain.open();
});
afterAll(() => domain.close());
beforeEach(async () => {
  partnerId = await domain.partner();
});

const never = new AbortController().signal;

async function start(archive: Buffer, request: Partial<ImportRequest> = {}, to = domain): Promise<VoiceDetails> {
  const file = path.join(folder, randomUUID());
  writeFileSync(file, archive);
  const asked = { partnerId, name: null, onConflict: 'fail', ...request } as const;
  return to.get(ImportsService).start(asked, { path: file, bytes: archive.length }, never);
}

const run = async (job: ImportJob, to = domain): Promise<void> =>
  withLease(to.database, job, never, (work) => to.get(ImportStep).run(job, work));

async function imported(options: MadeVoiceOptions): Promise<VoiceDetails> {
  const { id } = await start(packed(madeVoice(options)));
  await run(await domain.claim(id, 'import'));
  return domain.get(VoicesService).details(id);
}

const storage = (): ObjectStorage => domain.get<ObjectStorage>(OBJECT_STORAGE);

async function objectsOf(voiceId: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage().list(`voices/${voiceId}/`)) keys.push(key);
  return keys;
}

const whole: MadeVoiceOptions = {
  ...{ samples: 2, sentences: 1, hasOriginal: true, ttsTypes: ['kyutai', 'other'], consents: [null] },
};
const small: MadeVoiceOptions = { sentences: 1, ttsTypes: ['kyutai'], consents: [null] };

describe('ImportStep', () => {
  let wholeId: string;

  it('makes everything visible at once, and locks the voice until then', async () => {
    const locked = await start(packed(madeVoice(whole)));
    wholeId = locked.id;
    expect(locked).toMatchObject({
      ...{
        name: 'imported',
        splittingStatus: 'in_progress',
        samples: [],
        embedding: null,
        originalDurationSeconds: null,
      },
      ...{ labels: [], description: null, progress: { stage: 'queued' } },
    });
    const voices = domain.get(VoicesService);
    await expect(voices.rename(locked.id, 'other')).rejects.toMatchObject({ code: 'voice_locked' });
    const signal = AbortSignal.timeout(60_000);
    await expect(domain.get(ExportsService).plan(locked.id, signal)).rejects.toMatchObject({ code: 'voice_locked' });
    await run(await domain.claim(locked.id, 'import'));
    expect(await voices.details(locked.id)).toMatchObject({
      ...{ splittingStatus: 'completed', embeddingStatus: 'completed', splittingError: null, progress: null },
      ...{
        labels: ['project:audiobook'],
        description: 'A voice.\nMade.',
        creatorName: 'Zoë',
        originalFilename: 'a.opus',
      },
      samples: [{ index: 1, durationSeconds: 1 }, { index: 2 }],
      ...{ preferredSampleIndex: 1, originalDurationSeconds: 20, createdAt: new Date('2025-01-15T10:30:00Z') },
      embedding: { ttsType: 'kyutai', scores: [{ sampleIndex: 1 }, { sampleIndex: 2 }], stale: false },
    });
    expect(await domain.get(ConsentsService).list(locked.id)).toMatchObject([
      { statement: 'I agree.', file: { name: 'yes.pdf' } },
    ]);
    const claimed = `audit_log WHERE voice_id = $1 AND action = 'consent.add' AND details->>'imported' = 'true'`;
    expect(await domain.count(claimed, [locked.id])).toBe(1);
  });

  it('gives an archive that exports the same bytes, and removes the archive', async () => {
    const voice = madeVoice(whole);
    const id = wholeId;
    const { files } = await domain.get(ExportsService).plan(id, AbortSignal.timeout(60_000));
    const contents = await Promise.all(
      files.map(async ({ name, content }) => {
        const bytes = typeof content === 'string' ? await buffer(required(await storage().read(content))) : content;
        return { name, content: bytes };
      }),
    );
    const [document, ...others] = contents;
    expect(JSON.parse(String(document?.content))).toEqual(JSON.parse(JSON.stringify(voice.document)));
    expect(others).toEqual(voice.files);
    const archiveRemoval = { target: expect.stringMatching(`voices/${id}/uploads/`), inSeconds: expect.any(Number) };
    expect(await domain.removals()).toContainEqual(archiveRemoval);
  });

  it('imports an empty voice, which stays idle', async () => {
    const voice = await imported({ samples: 0 });
    expect(voice).toMatchObject({ splittingStatus: 'idle', embeddingStatus: 'idle', samples: [], embedding: null });
  });

  const broken = opusOf(1, brokenPacket);
  it.each([
    ['a sample', 'samples/0001.opus', broken],
    ['a test sample', 'test-samples/kyutai/0001_1.opus', broken],
    ['an original', 'original.opus', opusOf(20, brokenPacket)],
  ])('fails with the name of the entry if %s is Ogg Opus that cannot be decoded', async (_, entry, content) => {
    const archive = packed(
      withContent(madeVoice({ hasOriginal: true, sentences: 1, ttsTypes: ['kyutai'] }), entry, content),
    );
    const { id } = await start(archive);
    const job = await domain.claim(id, 'import');
    const sentence = `${entry} cannot be decoded as audio`;
    const failure = await run(job).then(null, (error: unknown) => error);
    expect(failure).toMatchObject({ code: 'invalid_archive', retryable: false, message: sentence });
    await domain.get(Processing).failActive({ voiceId: id, kind: 'import' }, { code: 'invalid_archive', sentence });
    expect(await domain.get(VoicesService).details(id)).toMatchObject({
      ...{ splittingStatus: 'failed', splittingError: sentence, samples: [], embedding: null, labels: [] },
    });
    expect(await domain.removals()).toContainEqual({ target: job.params.archiveKey, inSeconds: 0 });
  });

  it.each([
    [0.57, null],
    [0.7, /^test-samples\/kyutai\/0001_1\.opus is 0\.7\d* s long, and not 0\.5 s as voice\.json says$/],
  ])('compares the length of a test sample of %d s with the stated 0.5 s, to a tenth', async (seconds, sentence) => {
    const other = withContent(madeVoice(small), 'test-samples/kyutai/0001_1.opus', opusOf(seconds));
    const { id } = await start(packed(other));
    const done = run(await domain.claim(id, 'import'));
    if (sentence === null) return expect(done).resolves.toBeUndefined();
    const message: unknown = expect.stringMatching(sentence);
    await expect(done).rejects.toMatchObject({ code: 'invalid_archive', message });
  });

  it('commits nothing once its claim is lost, its voice is cancelled or deleted', async () => {
    const losses = [
      async (id: string) => {
        await domain.expireLease(await domain.jobId(id, 'import'));
        await claimJob(domain.database, await domain.jobId(id, 'import'));
      },
      (id: string) => domain.get(Processing).cancelVoice(id),
      (id: string) => domain.get(VoicesService).remove(id, { force: true }),
    ];
    for (const [at, lose] of losses.entries()) {
      const { id } = await start(packed(madeVoice(small)), { name: `lost ${at}` });
      const job = await domain.claim(id, 'import');
      await lose(id);
      await expect(run(job)).rejects.toThrow('no longer owned');
      expect(await domain.count('samples WHERE voice_id = $1', [id])).toBe(0);
      expect(await domain.count('embedding_runs WHERE voice_id = $1', [id])).toBe(0);
      expect(await domain.count('consents WHERE voice_id = $1', [id])).toBe(0);
    }
  });

  it('runs again after its worker died, and stores its files anew', async () => {
    const { id } = await start(packed(madeVoice(small)));
    const dead = await domain.claim(id, 'import');
    await domain.expireLease(dead.id);
    const job = ofKind('import', await claimJob(domain.database, dead.id));
    await run(job);
    expect(await domain.get(VoicesService).details(id)).toMatchObject({
      splittingStatus: 'idle',
      embeddingStatus: 'completed',
    });
    const results = (await objectsOf(id)).filter((key) => key.includes('/jobs/'));
    expect(results.every((key) => key.startsWith(`voices/${id}/jobs/${job.id}/2/`))).toBe(true);
  });

  it('fails if the voice has too many consents by then', async () => {
    const { id } = await start(packed(madeVoice({ consents: Array.from({ length: 100 }, () => null) })));
    const about = { statement: 'I agree.', language: 'en', grantedBy: 'Jane Doe', method: 'verbal' } as const;
    const nothing = { textVersion: null, file: null, recording: null };
    await domain.get(ConsentsService).add(id, { id: randomUUID(), ...about, ...nothing });
    await expect(run(await domain.claim(id, 'import'))).rejects.toMatchObject({ code: 'too_many_consents' });
  });
});

describe('Unpacker.unpack', () => {
  const unpackIn = async (work: string): Promise<void> => {
    const file = path.join(folder, randomUUID());
    writeFileSync(file, packed(madeVoice({ samples: 3, sentences: 1, ttsTypes: ['kyutai'] })));
    const handle = await open(file);
    try {
      const of = { voiceId: randomUUID(), jobId: randomUUID(), generation: 1 };
      const unpacking = { of, partnerId, folder: work, signal: never, onProgress: () => undefined };
      await domain.get(Unpacker).unpack(await openArchive(await fileSource(handle)), unpacking);
    } finally {
      await handle.close();
    }
  };

  it('removes each file from the scratch folder once it is stored', async () => {
    const work = path.join(folder, randomUUID());
    mkdirSync(work);
    await unpackIn(work);
    expect(readdirSync(work)).toEqual([]);
  });

  it('blames the worker if the scratch folder cannot be written, not the archive', async () => {
    const failure = { code: 'unavailable', causeCode: 'scratch_unusable', isLocal: true };
    await expect(unpackIn(path.join(folder, 'missing'))).rejects.toMatchObject(failure);
  });
});

describe('ImportsService.start', () => {
  it('refuses a taken name, or appends a number', async () => {
    const archive = packed(madeVoice({ name: 'a' }));
    expect((await start(archive)).name).toBe('a');
    await expect(start(archive)).rejects.toMatchObject({ code: 'voice_exists' });
    for (const name of ['a (2)', 'a (3)']) expect((await start(archive, { onConflict: 'rename' })).name).toBe(name);
    expect((await start(archive, { name: 'b', onConflict: 'rename' })).name).toBe('b');
    const long = 'ä'.repeat(255);
    await start(archive, { name: long });
    expect((await start(archive, { name: long, onConflict: 'rename' })).name).toBe(`${'ä'.repeat(251)} (2)`);
  });

  it('gives each of many imports at the same time a name of its own', async () => {
    const archive = packed(madeVoice({ name: 'a' }));
    const made = await Promise.all(Array.from({ length: 5 }, () => start(archive, { onConflict: 'rename' })));
    expect(made.map(({ name }) => name).sort()).toEqual(['a', 'a (2)', 'a (3)', 'a (4)', 'a (5)']);
  });

  it('counts the archive until it is imported, and refuses one that exceeds a quota', async () => {
    const archive = packed(madeVoice());
    await domain.database.query('UPDATE partners SET max_bytes = $2 WHERE id = $1', [partnerId, archive.length + 100]);
    await start(archive);
    await expect(start(archive, { name: 'b' })).rejects.toMatchObject({ code: 'quota_exceeded' });
    await domain.database.query('UPDATE partners SET max_bytes = NULL, max_voices = 1 WHERE id = $1', [partnerId]);
    await expect(start(archive, { name: 'b' })).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect(await domain.count('voices WHERE partner_id = $1', [partnerId])).toBe(1);
  });
});

describe('ImportsService.start, with REQUIRE_CONSENT', () => {
  let strict: Domain;
  beforeAll(async () => {
    strict = await Domain.open({ requireConsent: true });
    partnerId = await strict.partner();
  });
  afterAll(() => strict.close());

  it.each<[string, MadeVoiceOptions, boolean]>([
    ['refuses an embedding without a consent', { ttsTypes: ['kyutai'] }, false],
    [
      'refuses an embedding whose consent is revoked',
      { ttsTypes: ['kyutai'], consents: ['2025-02-01T09:00:00Z'] },
      false,
    ],
    ['accepts an embedding with a consent', { ttsTypes: ['kyutai'], consents: ['2025-02-01T09:00:00Z', null] }, true],
    ['accepts a voice without an embedding', {}, true],
  ])('%s', async (name, options, isAccepted) => {
    const owner = await strict.partner();
    const started = start(packed(madeVoice({ ...options, sentences: 1, name })), { partnerId: owner }, strict);
    if (!isAccepted) return expect(started).rejects.toMatchObject({ code: 'no_consent' });
    const { id } = await started;
    await run(await strict.claim(id, 'import'), strict);
    expect(await strict.get(VoicesService).details(id)).toMatchObject({ splittingStatus: 'idle' });
  });
});
