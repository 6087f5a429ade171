import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import type { TestPartner } from '../../support/shared-stack.js';
import { storageOf } from '../../support/test-storage.js';
import type { BenchCase, Lab, Row } from '../bench-case.js';
import { megabytes, seconds, watchMemory } from '../measure.js';
import { voiceIs } from '../progress.js';
import { fileSource, importVoice } from '../upload.js';
import { storeEach } from './embedding-zip.js';
import { voiceWithSamples } from './transfers.js';

/** The memory that an import may need, whatever its size. */
const targetMegabytes = 48;

/** Measures the memory of an import: of audio, which is decoded, and of embeddings, which are most of the bytes. */
export const importOfVoice: BenchCase = {
  name: 'import',
  async run(lab): Promise<readonly Row[]> {
    const { scale, stack, folder } = lab;
    const [partner, voice] = await voiceWithSamples(lab, scale.bundleSamples, scale.bundleSampleSeconds);
    await giveEmbeddings(lab, partner);
    const file = path.join(folder, 'voice.zip');
    await download(partner, voice, file);
    const archive = await fileSource(file);
    const { api, worker } = stack.parts;
    const [ofApi, ofWorker, took]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < scale.rounds; round += 1) {
      const name = `imported ${round}`;
      const [grownApi, grownWorker] = [watchMemory(api.pid ?? 0), watchMemory(worker.pid ?? 0)];
      took.push(
        await seconds(async () => {
          await importVoice(partner, name, archive);
          await voiceIs(partner, name, 'is imported', ({ status }) => status.splitting !== 'in_progress', 100);
        }),
      );
      ofApi.push(grownApi() / 1e6);
      ofWorker.push(grownWorker() / 1e6);
    }
    const name = `import of ${scale.bundleSamples} samples with their embeddings, ${megabytes(archive.bytes)}`;
    const target = { at: 'most', value: targetMegabytes } as const;
    const notes = [`from the first byte sent to the whole voice: ${took.map((each) => each.toFixed(1)).join(', ')} s`];
    return [
      { name: `${name}, memory of the API`, unit: 'MB', ours: { name: 'growth', values: ofApi }, target, notes },
      { name: `${name}, memory of the worker`, unit: 'MB', ours: { name: 'growth', values: ofWorker }, target },
    ];
  },
};

/** Makes the one embedding of a partner as large as that of a real model. */
async function giveEmbeddings({ scale, stack }: Lab, partner: TestPartner): Promise<void> {
  const database = new pg.Client({ connectionString: stack.address.databaseUrl });
  await database.connect();
  const { rows } = await database.query<{ id: string; voiceId: string }>(
    `SELECT r.id, r.voice_id AS "voiceId" FROM embedding_runs r JOIN voices v ON v.id = r.voice_id
     JOIN partners p ON p.id = v.partner_id JOIN embeddings e ON e.zip_key = r.archive_key WHERE p.name = $1`,
    [partner.name],
  );
  const [run] = rows;
  if (run === undefined) throw new Error('The voice has no embedding');
  const of = { voiceId: run.voiceId, jobId: randomUUID(), generation: 1 };
  const embeddings = await storeEach(await storageOf(stack.address), of, scale);
  await database.query('UPDATE embedding_runs SET sample_embeddings = $2 WHERE id = $1', [
    run.id,
    JSON.stringify(embeddings),
  ]);
  await database.end();
}

async function download(partner: TestPartner, voice: string, file: string): Promise<void> {
  const url = `${partner.http.baseUrl}${partner.route(voice)}/export`;
  const { status, body } = await fetch(url, { headers: { 'X-Api-Key': partner.key } });
  if (status !== 200 || body === null) throw new Error(`${url}: ${status}`);
  await pipeline(Readable.fromWeb(body), createWriteStream(file));
}
