import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { completeAllRuns } from '#libs/embeddings';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database.js';
import { createDataSource } from '../data-source.js';
import { Database } from '../database.js';
import { KeptRuns1764540000000 } from './1764540000000-kept-runs.js';

let fresh: FreshDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  fresh = await freshDatabase();
  dataSource = createDataSource({ databaseUrl: fresh.url, poolSize: 2, applicationName: 'timbre-test' });
  await dataSource.initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await fresh.drop();
});

const migration = new KeptRuns1764540000000();
const migrateTo = async (direction: 'up' | 'down'): Promise<void> => {
  const runner = dataSource.createQueryRunner();
  try {
    await migration[direction](runner);
  } finally {
    await runner.release();
  }
};
const query = <T = object>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> =>
  dataSource.query(sql, [...parameters]);
const engine = { name: 'pocket-tts', version: '4', model: 'english_6l', revision: '1', scorer: 'wavlm' };
const made = [{ sampleIndex: 1, sampleSha256: 'hash 1', score: 0.9, secondsUsed: 9, objectKey: 'one', bytes: 100 }];

/** Rows as the release before has stored them. @returns the voice's id */
async function insertVoice(): Promise<string> {
  const [partner] = await query<{ id: string }>(`INSERT INTO partners (name) VALUES ('before') RETURNING id`);
  const [voice] = await query<{ id: string }>(
    `INSERT INTO voices (partner_id, name) VALUES ($1, 'voice') RETURNING id`,
    [partner?.id],
  );
  await query(
    `INSERT INTO samples (voice_id, index, duration_seconds, object_key, bytes, sha256)
     SELECT $1::uuid, n, 9, 'sample ' || n, 5, 'hash ' || n FROM generate_series(1, 2) n`,
    [voice?.id],
  );
  await query(
    `INSERT INTO embeddings (voice_id, tts_type, last_update_status, last_update_time, zip_key, zip_bytes, sized_zip_key,
       scores, stale)
     VALUES ($1, 'current', 'success', now(), 'key 1', 0, 'key 1', '[{"sampleIndex": 1, "score": 0.9}]', false),
       ($1, 'stale', 'success', now(), 'key 2', 0, 'key 2', '[]', true),
       ($1, 'version_1', 'failed', now(), 'key 3', 700, 'key 3', '[]', true),
       ($1, 'never', 'failed', now(), NULL, NULL, NULL, '[]', false)`,
    [voice?.id],
  );
  await query(
    `INSERT INTO embedding_runs (voice_id, tts_type, archive_key, engine, language, sample_embeddings)
     VALUES ($1, 'current', 'key 1', $2, 'en', $3), ($1, 'stale', 'key 2', $2, 'fr', $3)`,
    [voice?.id, JSON.stringify(engine), JSON.stringify(made)],
  );
  await query(
    `INSERT INTO test_samples
       (voice_id, tts_type, sample_index, sentence_index, duration_seconds, object_key, bytes, sha256)
     VALUES ($1, 'current', 1, 1, 2.5, 'spoken', 30, 'hash of it')`,
    [voice?.id],
  );
  return voice?.id ?? '';
}

describe('the migration of kept runs', () => {
  it('leaves the embeddings of before as they are, and their completion makes them the first runs', async () => {
    await migrateTo('down');
    const voiceId = await insertVoice();
    const shown = (): Promise<object[]> => query('SELECT * FROM embeddings ORDER BY tts_type');
    const before = await shown();
    await migrateTo('up');
    await completeAllRuns(new Database(dataSource));
    expect(await shown()).toEqual(before);
    const fingerprints = (...indexes: readonly number[]): object[] =>
      indexes.map((sampleIndex) => ({ sampleIndex, sha256: `hash ${sampleIndex}` }));
    const spoken = { sampleIndex: 1, sentenceIndex: 1, durationSeconds: 2.5, objectKey: 'spoken', bytes: 30 };
    const none = { scores: [], test_samples: [], failed_samples: [], replaced_at: null };
    expect(
      await query(
        `SELECT tts_type, archive_key, samples, scores, test_samples, failed_samples, archive_bytes::int, bytes::int,
           replaced_at FROM embedding_runs WHERE voice_id = $1 ORDER BY archive_key`,
        [voiceId],
      ),
    ).toEqual([
      {
        ...{ ...none, tts_type: 'current', archive_key: 'key 1', archive_bytes: 0, bytes: 130 },
        ...{ samples: fingerprints(1, 2), scores: [{ sampleIndex: 1, score: 0.9 }] },
        test_samples: [{ ...spoken, sha256: 'hash of it' }],
      },
      { ...none, tts_type: 'stale', archive_key: 'key 2', samples: fingerprints(1), archive_bytes: 0, bytes: 100 },
      { ...none, tts_type: 'version_1', archive_key: 'key 3', samples: null, archive_bytes: 700, bytes: 0 },
    ]);
    const reported = await query(`SELECT tts_type, language, engine FROM reported_engines ORDER BY tts_type`);
    expect(reported).toEqual([
      { tts_type: 'current', language: 'en', engine },
      { tts_type: 'stale', language: 'fr', engine },
    ]);
  });

  it('leaves only the current run when it is undone, and has the files of the others removed', async () => {
    await query(
      `INSERT INTO embedding_runs (voice_id, tts_type, archive_key, sample_embeddings, test_samples)
       SELECT voice_id, tts_type, 'key 0', '[{"objectKey": "earlier"}]', '[{"objectKey": "earlier spoken"}]'
       FROM embedding_runs WHERE archive_key = 'key 1'`,
    );
    await migrateTo('down');
    expect(
      await query(`SELECT archive_key, replaced_at IS NULL AS kept FROM embedding_runs ORDER BY archive_key`),
    ).toEqual([
      { archive_key: 'key 0', kept: false },
      ...[1, 2, 3].map((n) => ({ archive_key: `key ${n}`, kept: true })),
    ]);
    expect(await query(`SELECT target FROM object_removals ORDER BY target`)).toEqual([
      { target: 'earlier' },
      { target: 'earlier spoken' },
      { target: 'key 0' },
    ]);
    await migrateTo('up');
  });
});
