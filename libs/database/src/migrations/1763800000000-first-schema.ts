import type { MigrationInterface, QueryRunner } from 'typeorm';

const status = `IN ('idle', 'in_progress', 'completed', 'failed')`;
const active = `state IN ('queued', 'running', 'waiting')`;

/** Partners and keys, voices with their samples and embeddings, jobs, and bytes that must go. */
export class FirstSchema1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE partners (
        id uuid CONSTRAINT partners_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
        name text COLLATE "C" NOT NULL CONSTRAINT partners_name_unique UNIQUE
          CONSTRAINT partners_name_check CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE api_keys (
        id text CONSTRAINT api_keys_pkey PRIMARY KEY,
        partner_id uuid NOT NULL CONSTRAINT api_keys_partner_id_fkey REFERENCES partners ON DELETE CASCADE,
        name text NOT NULL,
        sha256 bytea NOT NULL,
        prefix text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz
      )`);
    await runner.query(`CREATE INDEX api_keys_partner_id_idx ON api_keys (partner_id)`);
    await runner.query(`
      CREATE TABLE voices (
        id uuid CONSTRAINT voices_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
        partner_id uuid NOT NULL CONSTRAINT voices_partner_id_fkey REFERENCES partners ON DELETE CASCADE,
        name text COLLATE "C" NOT NULL CONSTRAINT voices_name_check CHECK (char_length(name) BETWEEN 1 AND 255),
        creator_name text,
        creator_email text,
        original_uploaded_name text,
        original_filename text,
        original_duration_seconds double precision,
        upload_key text,
        upload_kept_until timestamptz,
        original_key text,
        splitting_status text NOT NULL DEFAULT 'idle'
          CONSTRAINT voices_splitting_status_check CHECK (splitting_status ${status}),
        embedding_status text NOT NULL DEFAULT 'idle'
          CONSTRAINT voices_embedding_status_check CHECK (embedding_status ${status}),
        splitting_error text,
        embedding_error text,
        embedding_type text NOT NULL DEFAULT 'kyutai',
        next_sample_index integer NOT NULL DEFAULT 1,
        sample_count integer NOT NULL DEFAULT 0,
        preferred_sample_index integer,
        preferred_by text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT voices_partner_id_name_unique UNIQUE (partner_id, name),
        CONSTRAINT voices_preferred_by_check CHECK ((preferred_by IS NULL) = (preferred_sample_index IS NULL))
      )`);
    await runner.query(`
      CREATE TABLE samples (
        id uuid CONSTRAINT samples_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
        voice_id uuid NOT NULL CONSTRAINT samples_voice_id_fkey REFERENCES voices ON DELETE CASCADE,
        index integer NOT NULL CONSTRAINT samples_index_check CHECK (index >= 1),
        source_start_seconds double precision,
        duration_seconds double precision NOT NULL
          CONSTRAINT samples_duration_seconds_check CHECK (duration_seconds > 0),
        object_key text NOT NULL,
        bytes integer NOT NULL,
        sha256 text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT samples_voice_id_index_unique UNIQUE (voice_id, index)
      )`);
    await runner.query(`
      CREATE TABLE embeddings (
        id uuid CONSTRAINT embeddings_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
        voice_id uuid NOT NULL CONSTRAINT embeddings_voice_id_fkey REFERENCES voices ON DELETE CASCADE,
        tts_type text NOT NULL,
        last_update_status text NOT NULL
          CONSTRAINT embeddings_last_update_status_check CHECK (last_update_status IN ('success', 'failed')),
        last_update_time timestamptz NOT NULL,
        zip_key text,
        scores jsonb NOT NULL DEFAULT '[]'::jsonb,
        stale boolean NOT NULL DEFAULT false,
        CONSTRAINT embeddings_voice_id_tts_type_unique UNIQUE (voice_id, tts_type)
      )`);
    await runner.query(`
      CREATE TABLE test_samples (
        id uuid CONSTRAINT test_samples_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
        voice_id uuid NOT NULL CONSTRAINT test_samples_voice_id_fkey REFERENCES voices ON DELETE CASCADE,
        tts_type text NOT NULL,
        sample_index integer NOT NULL,
        sentence_index integer NOT NULL,
        duration_seconds double precision NOT NULL,
        object_key text NOT NULL,
        bytes integer NOT NULL,
        sha256 text NOT NULL,
        CONSTRAINT test_samples_unique UNIQUE (voice_id, tts_type, sample_index, sentence_index)
      )`);
    await runner.query(`
      CREATE TABLE jobs (
        id uuid CONSTRAINT jobs_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
        voice_id uuid NOT NULL CONSTRAINT jobs_voice_id_fkey REFERENCES voices ON DELETE CASCADE,
        partner_id uuid NOT NULL,
        kind text NOT NULL CONSTRAINT jobs_kind_check CHECK (kind IN ('split', 'embed')),
        state text NOT NULL DEFAULT 'queued'
          CONSTRAINT jobs_state_check CHECK (state IN ('queued', 'running', 'waiting', 'completed', 'failed')),
        stage text NOT NULL
          CONSTRAINT jobs_stage_check CHECK (stage IN ('samples', 'original', 'submit', 'collect')),
        params jsonb NOT NULL,
        generation integer NOT NULL DEFAULT 0,
        leased_until timestamptz,
        run_after timestamptz NOT NULL DEFAULT now(),
        nudged_at timestamptz,
        nudges integer NOT NULL DEFAULT 0,
        attempts integer NOT NULL DEFAULT 0,
        deaths integer NOT NULL DEFAULT 0,
        polls integer NOT NULL DEFAULT 0,
        progress jsonb,
        error_code text,
        error text,
        deadline timestamptz,
        submitted_generation integer,
        submitted_at timestamptz,
        submissions integer NOT NULL DEFAULT 0,
        runpod_endpoint text,
        runpod_job_id text,
        gpu_seen boolean NOT NULL DEFAULT false,
        hook_token text CONSTRAINT jobs_hook_token_unique UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        CONSTRAINT jobs_lease_check CHECK ((state = 'running') = (leased_until IS NOT NULL))
      )`);
    await runner.query(`CREATE UNIQUE INDEX jobs_active_unique ON jobs (voice_id, kind) WHERE ${active}`);
    await runner.query(`CREATE INDEX jobs_due_idx ON jobs (state, run_after) WHERE ${active}`);
    await runner.query(`CREATE INDEX jobs_active_partner_idx ON jobs (partner_id, state) WHERE ${active}`);
    await runner.query(`CREATE INDEX jobs_voice_id_idx ON jobs (voice_id)`);
    await runner.query(`
      CREATE TABLE object_removals (
        id bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT object_removals_pkey PRIMARY KEY,
        target text NOT NULL,
        due_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX object_removals_due_at_idx ON object_removals (due_at)`);
    await runner.query(`
      CREATE TABLE gpu_cancellations (
        id bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT gpu_cancellations_pkey PRIMARY KEY,
        runpod_endpoint text NOT NULL,
        runpod_job_id text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE TABLE settings (name text CONSTRAINT settings_pkey PRIMARY KEY, value text NOT NULL)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'settings',
      'gpu_cancellations',
      'object_removals',
      'jobs',
      'test_samples',
      'embeddings',
      'samples',
      'voices',
      'api_keys',
      'partners',
    ]) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
