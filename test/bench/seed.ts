import pg from 'pg';

/** Does work with a connection of its own to a database. */
export async function onDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Inserts split and embedded voices of other partners by SQL, so that tables and indexes are as large as after years of
 * use. Each partner has 1,000 voices, each voice 10 samples.
 */
export async function seedVoices(client: pg.Client, voices: number): Promise<void> {
  await client.query(
    `INSERT INTO partners (name) SELECT 'seeded-' || n FROM generate_series(0, ($1::int - 1) / 1000) n`,
    [voices],
  );
  await client.query(
    `INSERT INTO voices (partner_id, name, original_filename, original_uploaded_name, original_duration_seconds,
       original_key, splitting_status, embedding_status, next_sample_index, sample_count)
     SELECT p.id, 'voice ' || lpad(n::text, 7, '0'), 'recording.opus', 'recording.wav', 150,
       'voices/' || gen_random_uuid() || '/original.opus', 'completed', 'completed', 11, 10
     FROM generate_series(0, $1::int - 1) n JOIN partners p ON p.name = 'seeded-' || n / 1000`,
    [voices],
  );
  await client.query(
    `INSERT INTO samples (voice_id, index, source_start_seconds, duration_seconds, object_key, bytes, sha256)
     SELECT v.id, i, (i - 1) * 15, 15, 'voices/' || v.id || '/samples/' || i || '.opus', 180000, repeat('ab', 32)
     FROM voices v JOIN partners p ON p.id = v.partner_id, generate_series(1, 10) i WHERE p.name LIKE 'seeded-%'`,
  );
  await client.query(
    `INSERT INTO embeddings (voice_id, tts_type, last_update_status, last_update_time, zip_key)
     SELECT v.id, 'kyutai', 'success', now(), 'voices/' || v.id || '/embedding.zip'
     FROM voices v JOIN partners p ON p.id = v.partner_id WHERE p.name LIKE 'seeded-%'`,
  );
}

/** Gives a partner so many voices with so many samples each. */
export async function seedPartner(client: pg.Client, partner: string, voices: number, samples: number): Promise<void> {
  await client.query(
    `INSERT INTO voices (partner_id, name, original_filename, original_uploaded_name, original_duration_seconds,
       original_key, splitting_status, embedding_status, next_sample_index, sample_count)
     SELECT p.id, 'voice ' || lpad(n::text, 7, '0'), 'recording.opus', 'recording.wav', 375,
       'voices/' || gen_random_uuid() || '/original.opus', 'completed', 'completed', $3::int + 1, $3::int
     FROM partners p, generate_series(1, $2::int) n WHERE p.name = $1`,
    [partner, voices, samples],
  );
  await client.query(
    `INSERT INTO samples (voice_id, index, source_start_seconds, duration_seconds, object_key, bytes, sha256)
     SELECT v.id, i, (i - 1) * 15, 15, 'voices/' || v.id || '/samples/' || i || '.opus', 180000, repeat('ab', 32)
     FROM voices v JOIN partners p ON p.id = v.partner_id, generate_series(1, $2::int) i WHERE p.name = $1`,
    [partner, samples],
  );
}

/** As autovacuum leaves tables: with statistics and a visibility map. */
export async function settle(client: pg.Client): Promise<void> {
  await client.query('VACUUM (ANALYZE) voices, samples, embeddings, partners');
}
