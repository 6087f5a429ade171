import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, readlink } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import path from 'node:path';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import pg from 'pg';
import type { StoredSampleEmbedding } from '#libs/database';
import { embeddingZipKey, sampleEmbeddingKey, type GenerationId, type ObjectStorage } from '#libs/storage';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { storageOf } from '../../support/test-storage.js';
import { details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import type { BenchCase, Lab, Row, Scale } from '../bench-case.js';
import { cpuOf, inTurns, median, megabytes, seconds, watchMemory } from '../measure.js';
import { get } from '../requests.js';

/** Clients that start a download at the same time and stop reading. */
const stoppedClients = 20;

/** The memory that a download may need, whatever its size. */
const targetMegabytes = 40;

/** Measures the ZIP of a voice's embeddings, which is made of one file a sample while it is sent. */
export const embeddingZip: BenchCase = {
  name: 'embedding-zip',
  async run({ scale, stack }: Lab): Promise<readonly Row[]> {
    const api = stack.parts.api.pid ?? 0;
    const partner = await makePartner(stack.address);
    const storage = await storageOf(stack.address);
    const database = new pg.Client({ connectionString: stack.address.databaseUrl });
    await database.connect();
    const growth: number[] = [];
    const streamed = await voiceWithEmbedding(database, partner, 'streamed', (of) => storeEach(storage, of, scale));
    const stored = await voiceWithEmbedding(database, partner, 'stored', async (of) => {
      const grown = watchMemory(api); // of a process that has sent nothing yet
      const { body } = await fetch(streamed);
      if (body === null) throw new Error('The archive has no body');
      await storage.put(embeddingZipKey(of), Readable.fromWeb(body), { contentType: 'application/zip' });
      growth.push(grown() / 1e6);
      return [];
    });
    await database.end();

    const sizes: number[] = [];
    const download = (url: string): Promise<number> => seconds(async () => sizes.push((await get(url)).bytes));
    const measured = await inTurns(
      3 * scale.rounds,
      () => download(streamed),
      () => download(stored),
    );
    if (new Set(sizes).size !== 1) throw new Error(`The two downloads have different sizes: ${sizes.join(', ')}`);
    const whole = `ZIP of ${scale.embeddings} embeddings, ${megabytes(median(sizes))}`;
    const clients = { name: 'growth of the API', values: [await growthByStoppedClients(api, streamed)] };
    await waitFor(
      'the API has closed all objects',
      async () => (await openObjects(api, path.join(stack.address.dataDir, 'objects'))) === 0,
    );
    return [
      {
        name: whole,
        unit: 's',
        ours: { name: 'embedding_zip_url, made while it is sent', values: measured.ours },
        reference: { name: 'the same bytes from one stored file, by the same API', values: measured.reference },
        target: { at: 'most', value: 1.3 },
      },
      {
        name: `${whole}, memory`,
        unit: 'MB',
        ours: { name: 'growth of a new API during its first download', values: growth },
        target: { at: 'most', value: targetMegabytes },
      },
      {
        name: `${stoppedClients} clients that stop reading a ZIP, memory`,
        unit: 'MB',
        ours: clients,
        target: { at: 'most', value: targetMegabytes },
      },
    ];
  },
};

/** Inserts an embedded voice. @returns the URL of its ZIP */
async function voiceWithEmbedding(
  database: pg.Client,
  partner: TestPartner,
  name: string,
  store: (of: GenerationId) => Promise<readonly StoredSampleEmbedding[]>,
): Promise<string> {
  const of = { voiceId: randomUUID(), jobId: randomUUID(), generation: 1 };
  const [zipKey, embeddings] = [embeddingZipKey(of), await store(of)];
  await database.query(
    `INSERT INTO voices (id, partner_id, name, embedding_status)
     SELECT $1, id, $2, 'completed' FROM partners WHERE name = $3`,
    [of.voiceId, name, partner.name],
  );
  await database.query(
    `INSERT INTO embeddings (voice_id, tts_type, last_update_status, last_update_time, zip_key)
     VALUES ($1, 'kyutai', 'success', now(), $2)`,
    [of.voiceId, zipKey],
  );
  await database.query(
    `INSERT INTO embedding_runs (voice_id, tts_type, archive_key, sample_embeddings) VALUES ($1, 'kyutai', $2, $3)`,
    [of.voiceId, zipKey, JSON.stringify(embeddings)],
  );
  const { embedding_zip_url: url } = await details(partner, name);
  if (url === null) throw new Error(`${name} has no ZIP`);
  return url;
}

/** Stores the embeddings of so many samples as the scale says. */
export async function storeEach(
  storage: ObjectStorage,
  of: GenerationId,
  scale: Scale,
): Promise<StoredSampleEmbedding[]> {
  const embeddings: StoredSampleEmbedding[] = [];
  for (let sampleIndex = 1; sampleIndex <= scale.embeddings; sampleIndex++) {
    const bytes = randomBytes(scale.embeddingBytes);
    const objectKey = sampleEmbeddingKey(of, sampleIndex);
    await storage.put(objectKey, Readable.from([bytes]), { contentType: 'application/octet-stream' });
    embeddings.push({
      ...{ sampleIndex, objectKey, sampleSha256: 'ab'.repeat(32), score: 0.9, secondsUsed: 15, bytes: bytes.length },
      ...{ sha256: createHash('sha256').update(bytes).digest('hex'), crc32: crc32(bytes) },
    });
  }
  return embeddings;
}

/** @returns how much the API has grown, in MB, once it does nothing more for clients that do not read */
async function growthByStoppedClients(api: number, url: string): Promise<number> {
  const grown = watchMemory(api);
  const clients = await Promise.all(
    Array.from({ length: stoppedClients }, async () => {
      const [answer] = (await once(http.get(url, { agent: false }), 'response')) as [IncomingMessage];
      return answer.pause();
    }),
  );
  let last = NaN;
  await waitFor('the API is idle', () => last === (last = cpuOf(api).own), { everyMs: 500 });
  const growth = grown() / 1e6;
  for (const client of clients) client.on('error', () => undefined).destroy();
  return growth;
}

/** Counts the files of a folder that a process has open. */
async function openObjects(pid: number, objects: string): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const targets = (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => ''));
  return (await Promise.all(targets)).filter((target) => target.startsWith(objects)).length;
}
