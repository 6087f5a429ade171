import { createHash, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  consentFileKey,
  consentRecordingKey,
  embeddingZipKey,
  OBJECT_STORAGE,
  originalKey,
  sampleEmbeddingKey,
  sampleKey,
  testSampleKey,
  uploadedSampleKey,
  type GenerationId,
  type ObjectStorage,
} from '#libs/storage';
import type { Domain } from './domain.js';
import { goodFigures } from './quality-figures.js';

/** Ogg Opus of a known length. All audio of the voices is copies of it. */
export interface Clip {
  readonly bytes: Buffer;
  readonly seconds: number;
  /** Another recording, of which the samples are not cut. */
  readonly original?: Clip;
}

type Columns = Readonly<Record<string, unknown>>;

/** Inserts voices by SQL, in states that take long to reach, with all their objects. */
class VoiceMaker {
  constructor(
    private readonly domain: Domain,
    private readonly partnerId: string,
    private readonly clip: Clip,
  ) {}

  async voice(name: string, columns: Columns = {}): Promise<GenerationId> {
    const of = { voiceId: randomUUID(), jobId: randomUUID(), generation: 1 };
    const created = { created_at: '2025-01-02T03:04:05.678Z', updated_at: '2025-02-03T04:05:06Z' };
    await this.insert('voices', { id: of.voiceId, partner_id: this.partnerId, name, ...created, ...columns });
    return of;
  }

  /** The columns of a voice that was made from a recording. */
  async original(of: GenerationId): Promise<void> {
    const { bytes, seconds } = this.clip.original ?? this.clip;
    await this.update(of, {
      original_uploaded_name: 'Aufnahme ü.wav',
      original_filename: 'Aufnahme ü.opus',
      original_duration_seconds: seconds,
      original_key: await this.store(originalKey(of), bytes),
      original_bytes: bytes.length,
      original_missing: JSON.stringify([{ atSeconds: 0.5, seconds: 0.25 }]),
      warnings: JSON.stringify([{ code: 'damaged_recording', message: '0.25 s could not be decoded' }]),
      splitting_status: 'completed',
    });
  }

  /** @param indexes of the samples; uploaded ones have no start */
  async samples(of: GenerationId, indexes: readonly number[], isUploaded = false): Promise<void> {
    for (const index of indexes) {
      const key = isUploaded ? uploadedSampleKey(of.voiceId, randomUUID()) : sampleKey(of, index);
      await this.insert('samples', {
        voice_id: of.voiceId,
        index,
        source_start_seconds: isUploaded ? null : (index - 1) / 3,
        duration_seconds: this.clip.seconds,
        ...(await this.file(key, this.clip.bytes)),
        quality: isUploaded ? null : JSON.stringify(goodFigures),
      });
    }
    await this.update(of, { sample_count: indexes.length, next_sample_index: (indexes.at(-1) ?? 0) + 1 });
  }

  /** Embeds samples 1 and 2 with two sentences each. */
  async embedding(of: GenerationId, ttsType = 'kyutai', options: { isZip?: boolean; isShown?: boolean } = {}) {
    const run = { ...of, jobId: randomUUID() };
    const { isZip = false, isShown = true } = options;
    const scores = [2, 1].map((index) => ({ sampleIndex: index, score: index / 3, lowestPartScore: index / 4 }));
    const tests = await Promise.all(
      [2, 1].flatMap((sampleIndex) => [1, 2].map((sentenceIndex) => this.testSample(run, sampleIndex, sentenceIndex))),
    );
    const embeddings = isZip ? [] : await Promise.all([1, 2].map((index) => this.sampleEmbedding(run, index)));
    if (isZip) await this.store(embeddingZipKey(run), Buffer.from(`the zip of ${ttsType}`));
    const place = { voice_id: of.voiceId, tts_type: ttsType };
    const made = createHash('sha256').update(this.clip.bytes).digest('hex');
    await this.insert('embedding_runs', {
      ...place,
      archive_key: embeddingZipKey(run),
      archive_bytes: isZip ? `the zip of ${ttsType}`.length : 0,
      engine: JSON.stringify({ name: 'test', version: '1', model: isZip ? null : 'm', revision: null, scorer: 's' }),
      language: 'en',
      test_sentences: JSON.stringify(['One.', 'Zwölf.']),
      samples: JSON.stringify([1, 2].map((sampleIndex) => ({ sampleIndex, sha256: made }))),
      scores: JSON.stringify(scores),
      failed_samples: JSON.stringify([{ sampleIndex: 3, message: 'There is no speech' }]),
      sample_embeddings: JSON.stringify(embeddings),
      test_samples: JSON.stringify(tests),
      created_at: '2025-03-04T05:06:07.89Z',
    });
    const last = { last_update_status: 'success', last_update_time: '2025-03-04T05:06:07.89Z' };
    const shown = isShown ? JSON.stringify(scores) : '[]';
    await this.insert('embeddings', { ...place, ...last, zip_key: embeddingZipKey(run), scores: shown });
    for (const test of isShown ? tests : []) {
      const { sampleIndex, sentenceIndex, durationSeconds, objectKey, bytes, sha256 } = test;
      const indexes = { sample_index: sampleIndex, sentence_index: sentenceIndex, duration_seconds: durationSeconds };
      await this.insert('test_samples', { ...place, ...indexes, object_key: objectKey, bytes, sha256 });
    }
    await this.update(of, { embedding_status: 'completed', embedding_type: ttsType });
  }

  async consent({ voiceId }: GenerationId, method: 'recorded' | 'written' | 'verbal', columns: Columns = {}) {
    const id = randomUUID();
    const [name, content] =
      method === 'recorded' ? ['yes "é".WAV', this.clip.bytes] : ['Vertrag ü.pdf', Buffer.from('%PDF')];
    const { object_key: objectKey, ...file } = await this.file(consentFileKey(voiceId, id), content);
    const { object_key: recordingKey, ...recording } = await this.file(
      consentRecordingKey(voiceId, id),
      this.clip.bytes,
    );
    await this.insert('consents', {
      ...{ id, voice_id: voiceId, statement: 'I agree.\nReally.', language: 'tlh', granted_by: 'Zoë', method },
      file: method === 'verbal' ? null : JSON.stringify({ name, objectKey, ...file }),
      recording:
        method === 'recorded'
          ? JSON.stringify({ objectKey: recordingKey, durationSeconds: this.clip.seconds, ...recording })
          : null,
      created_at: '2025-01-02T03:04:05.678Z',
      ...columns,
    });
  }

  update({ voiceId }: GenerationId, columns: Columns): Promise<unknown> {
    const set = Object.keys(columns).map((column, at) => `${column} = $${at + 2}`);
    const sql = `UPDATE voices SET ${set.join(', ')} WHERE id = $1`;
    return this.domain.database.query(sql, [voiceId, ...Object.values(columns)]);
  }

  change(sql: string, { voiceId }: GenerationId): Promise<unknown> {
    return this.domain.database.query(sql, [voiceId]);
  }

  private async testSample(of: GenerationId, sampleIndex: number, sentenceIndex: number) {
    const { object_key: objectKey, ...file } = await this.file(
      testSampleKey(of, sampleIndex, sentenceIndex),
      this.clip.bytes,
    );
    return { sampleIndex, sentenceIndex, durationSeconds: this.clip.seconds, objectKey, ...file };
  }

  private async sampleEmbedding(of: GenerationId, sampleIndex: number) {
    const content = Buffer.from(`the embedding of ${sampleIndex}`);
    const { object_key: objectKey, ...file } = await this.file(sampleEmbeddingKey(of, sampleIndex), content);
    const sampleSha256 = createHash('sha256').update(this.clip.bytes).digest('hex');
    const made = { sampleIndex, sampleSha256, score: sampleIndex / 3, secondsUsed: 0.9 };
    return { ...made, objectKey, ...file, crc32: crc32(content) };
  }

  private async file(key: string, content: Buffer) {
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { object_key: await this.store(key, content), bytes: content.length, sha256 };
  }

  private async store(key: string, content: Buffer): Promise<string> {
    const source = (async function* () {
      yield content;
    })();
    await this.domain.get<ObjectStorage>(OBJECT_STORAGE).put(key, source, { contentType: 'application/octet-stream' });
    return key;
  }

  private insert(table: string, columns: Columns): Promise<unknown> {
    const names = Object.keys(columns);
    const places = names.map((_, at) => `$${at + 1}`).join(', ');
    const quoted = names.map((name) => `"${name}"`).join(', ');
    return this.domain.database.query(`INSERT INTO ${table} (${quoted}) VALUES (${places})`, Object.values(columns));
  }
}

type Make = (make: VoiceMaker) => Promise<GenerationId>;

const embedded: Make = async (make) => {
  const of = await make.voice('embedded');
  await make.original(of);
  await make.samples(of, [1, 2, 3]);
  await make.embedding(of);
  await make.update(of, { preferred_sample_index: 2, preferred_by: 'score' });
  return of;
};

/** The recording was removed after the embedding, and maybe samples. */
const withoutRecording =
  (name: string, samples: readonly number[]): Make =>
  async (make) => {
    const removed = { original_removed_at: '2025-05-06T07:08:09Z', original_duration_seconds: 12.5 };
    const of = await make.voice(name, { ...removed, splitting_status: 'completed' });
    await make.samples(of, samples);
    await make.embedding(of);
    return of;
  };

const kinds = {
  empty: (make) => make.voice('empty'),
  described: (make) =>
    make.voice('described', {
      language: 'pt-BR',
      labels: ['a.b:ü: 1', 'constructor:x'],
      description: 'Two\nlines',
      creator_name: 'Zoë',
      creator_email: 'zoe@example.com',
    }),
  'of uploaded samples': async (make) => {
    const of = await make.voice('of uploaded samples');
    await make.samples(of, [2, 5], true);
    await make.update(of, { preferred_sample_index: 5, preferred_by: 'person' });
    return of;
  },
  embedded,
  'of several tts types': async (make) => {
    const of = await make.voice('of several tts types');
    await make.original(of);
    await make.samples(of, [1, 2]);
    await make.embedding(of, 'kyutai');
    await make.embedding(of, 'old-handler', { isZip: true });
    await make.embedding(of, 'another_one');
    return of;
  },
  stale: async (make) => {
    const of = await embedded(make);
    await make.samples(of, [7], true);
    await make.update(of, { name: 'stale', sample_count: 4 });
    await make.change('UPDATE embeddings SET stale = true WHERE voice_id = $1', of);
    return of;
  },
  'split again': async (make) => {
    const of = await make.voice('split again');
    await make.original(of);
    await make.samples(of, [1]);
    await make.embedding(of, 'kyutai', { isShown: false });
    await make.update(of, { embedding_status: 'idle' });
    await make.change('UPDATE embeddings SET stale = true WHERE voice_id = $1', of);
    return of;
  },
  'with a failed split': (make) =>
    make.voice('with a failed split', {
      splitting_status: 'failed',
      splitting_error: 'The recording could not be converted',
      original_uploaded_name: 'broken.wav',
      original_filename: 'broken.opus',
      original_duration_seconds: 12.5,
    }),
  'with a failed embedding': async (make) => {
    const of = await embedded(make);
    await make.update(of, {
      name: 'with a failed embedding',
      embedding_status: 'failed',
      embedding_error: 'The embedding service failed: “no GPU”',
    });
    await make.change(`UPDATE embeddings SET last_update_status = 'failed' WHERE voice_id = $1`, of);
    return of;
  },
  'without its recording': withoutRecording('without its recording', [1, 2]),
  'without its recording and its samples': withoutRecording('without its recording and its samples', []),
  'with consents': async (make) => {
    const of = await embedded(make);
    await make.update(of, { name: 'with consents' });
    const similarity = JSON.stringify({ score: 0.75, scorer: 's', measuredAt: '2025-02-02T02:02:02.222+00:00' });
    await make.consent(of, 'recorded', { similarity });
    await make.consent(of, 'written', { revoked_at: '2025-06-07T08:09:10Z', text_version: '2' });
    await make.consent(of, 'verbal');
    await make.consent(of, 'verbal', { statement: 'Another one' });
    await make.consent(of, 'written', { created_at: '2024-01-01T00:00:00Z' });
    return of;
  },
  'Zoë 日本 🎙 — ‘quoted’ "x"': async (make) => {
    const of = await embedded(make);
    await make.update(of, { name: 'Zoë 日本 🎙 — ‘quoted’ "x"' });
    return of;
  },
} as const satisfies Record<string, Make>;

/** A kind of voice; also the name of the voices of this kind. */
export type VoiceKind = keyof typeof kinds;

export const voiceKinds = Object.keys(kinds) as readonly VoiceKind[];

/** Inserts a voice of a kind. @returns its id */
export async function voiceOfKind(domain: Domain, partnerId: string, kind: VoiceKind, clip: Clip): Promise<string> {
  const { voiceId } = await kinds[kind](new VoiceMaker(domain, partnerId, clip));
  return voiceId;
}

/** Inserts a voice that is in its first split, whose samples are there. @returns its id */
export async function voiceInFirstSplit(domain: Domain, partnerId: string, clip: Clip): Promise<string> {
  const make = new VoiceMaker(domain, partnerId, clip);
  const of = await make.voice('in its first split', { splitting_status: 'in_progress' });
  await make.samples(of, [1, 2]);
  return of.voiceId;
}
