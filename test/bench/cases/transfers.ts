import path from 'node:path';
import pg from 'pg';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import type { BenchCase, Lab, Row } from '../bench-case.js';
import { run } from '../commands.js';
import { inTurns, median, megabytes, seconds, watchMemory } from '../measure.js';
import { voiceIs } from '../progress.js';
import { startReference } from '../references/server.js';
import { get, load } from '../requests.js';
import { fileSource, send, toneWav, uploadVoice } from '../upload.js';

const most = (values: readonly number[]): string => megabytes(Math.max(...values));

/** Measures a large upload, which is read, checked, hashed, stored and synced. */
export const upload: BenchCase = {
  name: 'upload',
  async run({ scale, stack, folder }): Promise<readonly Row[]> {
    const partner = await makePartner(stack.address);
    const { worker, api } = stack.parts;
    await worker.stop(); // the case measures storing, not conversion
    const source = toneWav(scale.uploadBytes);
    const reference = await startReference(folder, {});
    const growth: number[] = [];
    const rate = async (work: () => Promise<unknown>): Promise<number> => source.bytes / 1e6 / (await seconds(work));
    const measured = await inTurns(
      scale.rounds,
      async (round) => {
        const grown = watchMemory(api.pid ?? 0);
        const took = await rate(() => uploadVoice(partner, `upload ${round}`, source));
        growth.push(grown());
        return took;
      },
      () => rate(() => send(`${reference.url}/upload`, {}, source)),
    );
    await reference.stop();
    await forget(stack.address.databaseUrl, partner);
    await worker.start();
    return [
      {
        name: `upload of ${megabytes(source.bytes)}, throughput`,
        unit: 'MB/s',
        ours: { name: 'POST of a voice with its recording', values: measured.ours },
        reference: { name: 'Node http hashing, writing and syncing the body', values: measured.reference },
        target: { at: 'least', value: 0.8 },
        notes: [`the API grew by ${most(growth)} at most (target 48 MB)`],
      },
    ];
  },
};

/** Deletes a partner with its waiting jobs, so that no worker starts them. */
async function forget(databaseUrl: string, partner: TestPartner): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('DELETE FROM partners WHERE name = $1', [partner.name]);
  await client.end();
}

/** Creates a voice with the given number of samples of the given length. */
export async function voiceWithSamples(lab: Lab, count: number, sampleSeconds: number): Promise<[TestPartner, string]> {
  const partner = await makePartner(lab.stack.address);
  const name = 'samples';
  const recording = await lab.inputs.monoWav(Math.max(count * sampleSeconds + 1, 20));
  await uploadVoice(partner, name, await fileSource(recording));
  const isIdle = (seen: { readonly status: { readonly splitting: string; readonly embedding: string } }): boolean =>
    seen.status.splitting !== 'in_progress' && seen.status.embedding !== 'in_progress';
  await voiceIs(partner, name, 'is finished', isIdle);
  const body = { max_samples: count, sample_duration: sampleSeconds };
  const answer = await partner.http.post(`${partner.route(name)}/split`, body);
  if (answer.status !== 202) throw new Error(`split: ${answer.status} ${JSON.stringify(answer.body)}`);
  await voiceIs(partner, name, 'is split', (seen) => isIdle(seen) && seen.samples.length === count);
  return [partner, name];
}

/** Returns the paths of a voice's samples in the local storage. */
async function sampleFiles({ stack }: Lab, partner: TestPartner): Promise<string[]> {
  const client = new pg.Client({ connectionString: stack.address.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ key: string }>(
    `SELECT s.object_key AS key FROM samples s JOIN voices v ON v.id = s.voice_id JOIN partners p ON p.id = v.partner_id
     WHERE p.name = $1 ORDER BY s.index`,
    [partner.name],
  );
  await client.end();
  return rows.map(({ key }) => path.join(stack.address.dataDir, 'objects', 'objects', key));
}

/** Measures the highest rate of small downloads. */
export const download: BenchCase = {
  name: 'download',
  async run(lab): Promise<readonly Row[]> {
    const { scale, folder } = lab;
    const [partner, voice] = await voiceWithSamples(lab, 1, 25);
    const [file = ''] = await sampleFiles(lab, partner);
    const reference = await startReference(folder, { file });
    const requests = scale.downloads;
    const rate = async (url: string, headers: Record<string, string>): Promise<number> =>
      requests / (await seconds(() => load({ url, headers, requests, connections: 16 })));
    const ourUrl = `${partner.http.baseUrl}${partner.route(voice)}/samples/1`;
    const { bytes } = await get(ourUrl, { 'X-Api-Key': partner.key });
    // At a thousand requests a second, the rate varies by a third and more from one second to the next.
    const measured = await inTurns(
      5 * scale.rounds,
      () => rate(ourUrl, { 'X-Api-Key': partner.key }),
      () => rate(`${reference.url}/file`, {}),
    );
    await reference.stop();
    return [
      {
        name: `sample download of ${megabytes(bytes)}, keep-alive, key check on`,
        unit: 'requests/s',
        ours: { name: 'GET samples/{index}', values: measured.ours },
        reference: { name: 'Express sendFile without any check', values: measured.reference },
        target: { at: 'least', value: 1 },
      },
    ];
  },
};

/** Measures the download of all samples of a voice in one ZIP. */
export const bundle: BenchCase = {
  name: 'bundle',
  async run(lab): Promise<readonly Row[]> {
    const { scale, stack } = lab;
    const [partner, voice] = await voiceWithSamples(lab, scale.bundleSamples, scale.bundleSampleSeconds);
    const files = await sampleFiles(lab, partner);
    const url = `${partner.http.baseUrl}${partner.route(voice)}/samples-bundle`;
    const growth: number[] = [];
    const sizes: number[] = [];
    const ours = async (): Promise<number> => {
      const grown = watchMemory(stack.parts.api.pid ?? 0);
      let bytes = 0;
      const took = await seconds(async () => ({ bytes } = await get(url, { 'X-Api-Key': partner.key })));
      growth.push(grown());
      sizes.push(bytes);
      return bytes / 1e6 / took;
    };
    const zip = async (): Promise<number> => {
      let bytes = 0;
      const took = await seconds(() =>
        run('zip', ['-0', '-q', '-', ...files], { onOutput: (chunk) => (bytes += chunk.length) }),
      );
      return bytes / 1e6 / took;
    };
    // A bundle takes a third of a second. Three measurements vary too much.
    const measured = await inTurns(5 * scale.rounds, ours, zip);
    return [
      {
        name: `bundle of ${scale.bundleSamples} x ${scale.bundleSampleSeconds} s, ${megabytes(median(sizes))}, throughput`,
        unit: 'MB/s',
        ours: { name: 'GET samples-bundle', values: measured.ours },
        reference: { name: 'zip -0 - of the same files', values: measured.reference },
        target: { at: 'least', value: 0.9 },
        notes: [`the API grew by ${most(growth)} at most (target 16 MB)`],
      },
    ];
  },
};
