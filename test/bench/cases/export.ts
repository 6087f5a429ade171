import path from 'node:path';
import pg from 'pg';
import type { TestPartner } from '../../support/shared-stack.js';
import type { BenchCase, Lab, Row } from '../bench-case.js';
import { run } from '../commands.js';
import { inTurns, median, megabytes, seconds, watchMemory } from '../measure.js';
import { get } from '../requests.js';
import { voiceWithSamples } from './transfers.js';

const sampleSeconds = 60;

/** The memory that an export may need, whatever its size. */
const targetMegabytes = 16;

/**
 * Measures the export of a voice with an hour of audio, by an API that has read none of its files before: it reads each of
 * them once for its checksums, and once to send it.
 */
export const exportOfVoice: BenchCase = {
  name: 'export',
  async run(lab): Promise<readonly Row[]> {
    const { scale, stack } = lab;
    const [partner, voice] = await voiceWithSamples(lab, Math.floor(scale.hourSeconds / sampleSeconds), sampleSeconds);
    const files = await objectFiles(lab, partner);
    const url = `${partner.http.baseUrl}${partner.route(voice)}/export`;
    const headers = { 'X-Api-Key': partner.key };
    const [growth, sizes, again]: [number[], number[], number[]] = [[], [], []];
    const rateOf = async (download: () => Promise<number>): Promise<number> => {
      let bytes = 0;
      const took = await seconds(async () => (bytes = await download()));
      return bytes / 1e6 / took;
    };
    const download = async (): Promise<number> => (await get(url, headers)).bytes;
    const { api } = stack.parts;
    const ours = async (): Promise<number> => {
      await api.stop();
      await api.start();
      await get(`${partner.http.baseUrl}${partner.route(voice)}/samples-bundle`, headers); // loads what any archive needs
      const grown = watchMemory(api.pid ?? 0);
      const rate = await rateOf(async () => {
        const bytes = await download();
        sizes.push(bytes);
        return bytes;
      });
      growth.push(grown() / 1e6);
      again.push(await rateOf(download));
      return rate;
    };
    const zip = (): Promise<number> =>
      rateOf(async () => {
        let bytes = 0;
        await run('zip', ['-0', '-q', '-', ...files], { onOutput: (chunk) => (bytes += chunk.length) });
        return bytes;
      });
    const measured = await inTurns(3 * scale.rounds, ours, zip);
    const name = `export of a voice with ${scale.hourSeconds} s of audio, ${megabytes(median(sizes))}`;
    return [
      {
        name: `${name}, throughput`,
        unit: 'MB/s',
        ours: { name: 'GET export, by an API that has read none of the files', values: measured.ours },
        reference: { name: 'zip -0 - of the same files', values: measured.reference },
        target: { at: 'least', value: 0.9 },
        notes: [`the same API once more: ${median(again).toFixed(0)} MB/s, because it knows the checksums`],
      },
      {
        name: `${name}, memory`,
        unit: 'MB',
        ours: { name: 'growth of the API during its first export', values: growth },
        target: { at: 'most', value: targetMegabytes },
      },
    ];
  },
};

/** Returns the paths of a voice's objects in the local storage. */
async function objectFiles({ stack }: Lab, partner: TestPartner): Promise<string[]> {
  const client = new pg.Client({ connectionString: stack.address.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ key: string }>(
    `WITH v AS (SELECT v.* FROM voices v JOIN partners p ON p.id = v.partner_id WHERE p.name = $1)
     SELECT original_key AS key FROM v
     UNION ALL SELECT object_key FROM samples WHERE voice_id IN (SELECT id FROM v)
     UNION ALL SELECT object_key FROM test_samples WHERE voice_id IN (SELECT id FROM v)
     UNION ALL SELECT made->>'objectKey' FROM embedding_runs, jsonb_array_elements(sample_embeddings) AS made
       WHERE voice_id IN (SELECT id FROM v)`,
    [partner.name],
  );
  await client.end();
  return rows.map(({ key }) => path.join(stack.address.dataDir, 'objects', 'objects', key));
}
