import { makePartner } from '../../support/shared-stack.js';
import type { BenchCase, Lab, Row } from '../bench-case.js';
import { seconds } from '../measure.js';
import { onDatabase, seedPartner } from '../seed.js';

const voice = 'voice 0000001';
const sentences = 5;

/** Two runs of a partner's only voice, $1, each with all samples and so many sentences, $2. */
const insertRuns = `INSERT INTO embedding_runs
    (voice_id, tts_type, archive_key, archive_bytes, language, samples, scores, sample_embeddings, test_samples)
  SELECT v.id, 'kyutai', 'voices/' || v.id || '/' || n || '/embedding.zip', 0, 'en', made.*, tests.list
  FROM voices v JOIN partners p ON p.id = v.partner_id, generate_series(1, 2) n, LATERAL (
    SELECT jsonb_agg(jsonb_build_object('sampleIndex', s.index, 'sha256', s.sha256) ORDER BY s.index),
      jsonb_agg(jsonb_build_object('sampleIndex', s.index, 'score', 1.0 / s.index) ORDER BY s.index),
      jsonb_agg(jsonb_build_object('sampleIndex', s.index, 'sampleSha256', s.sha256, 'score', 1.0 / s.index,
        'secondsUsed', 15, 'objectKey', 'voices/' || v.id || '/' || n || '/' || s.index || '.safetensors',
        'bytes', 9340728, 'sha256', s.sha256, 'crc32', 1) ORDER BY s.index)
    FROM samples s WHERE s.voice_id = v.id
  ) AS made(samples, scores, embeddings), LATERAL (
    SELECT jsonb_agg(jsonb_build_object('sampleIndex', s.index, 'sentenceIndex', i, 'durationSeconds', 3.2,
      'objectKey', 'voices/' || v.id || '/' || n || '/' || s.index || '_' || i || '.opus',
      'bytes', 38400, 'sha256', s.sha256) ORDER BY s.index, i) AS list
    FROM samples s, generate_series(1, $2::int) i WHERE s.voice_id = v.id
  ) AS tests
  WHERE p.name = $1 RETURNING id`;

/** Measures how long it takes until an earlier run is the current one again, with the answer that shows it. */
export const restore: BenchCase = {
  name: 'restore',
  async run({ scale, stack }: Lab): Promise<readonly Row[]> {
    const partner = await makePartner(stack.address);
    const { rows } = await onDatabase(stack.address.databaseUrl, async (client) => {
      await seedPartner(client, partner.name, 1, scale.runSamples);
      return client.query<{ id: string }>(insertRuns, [partner.name, sentences]);
    });
    const took: number[] = [];
    for (let turn = 0; turn < 3 * scale.rounds; turn += 1) {
      for (const { id } of rows) {
        const route = `${partner.route(voice)}/embedding-runs/${id}/restore`;
        took.push(
          await seconds(async () => {
            const answer = await partner.http.post(route, {});
            if (answer.status !== 200) throw new Error(`restore: ${answer.status} ${JSON.stringify(answer.body)}`);
          }),
        );
      }
    }
    return [
      {
        name: `restore of a run with ${scale.runSamples} samples and ${sentences * scale.runSamples} test samples`,
        unit: 's',
        ours: { name: 'POST restore', values: took },
        target: { at: 'most', value: 1 },
      },
    ];
  },
};
