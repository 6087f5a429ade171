import pg from 'pg';
import type { Database } from '#libs/database';
import { VoicesRepository } from '../../../libs/voices/src/voices.repository.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import type { Stack } from '../../support/stack.js';
import type { BenchCase, Row } from '../bench-case.js';
import { startBenchStack } from '../bench-stack.js';
import { run } from '../commands.js';
import { cpuOf, inTurns, median, megabytes, seconds, watchMemory } from '../measure.js';
import { startReference } from '../references/server.js';
import { get, load } from '../requests.js';
import { onDatabase, seedPartner, seedVoices, settle } from '../seed.js';

/** Connections of a load. Few, so that the time of a request does not include waiting in a queue. */
const connections = 4;
const samplesOfAVoice = 25;
const askedVoice = 'voice 0000001';

/** Creates a partner with one voice of 25 samples, whose details are requested. */
async function partnerWithVoice(stack: Stack): Promise<TestPartner> {
  const partner = await makePartner(stack.address);
  await onDatabase(stack.address.databaseUrl, (client) => seedPartner(client, partner.name, 1, samplesOfAVoice));
  return partner;
}

const detailsUrl = (partner: TestPartner): string => `${partner.http.baseUrl}${partner.route(askedVoice)}`;

/** Measures the API's CPU time for a request for details. */
export const details: BenchCase = {
  name: 'details',
  async run({ stack, scale, folder }): Promise<readonly Row[]> {
    const partner = await partnerWithVoice(stack);
    const { body } = await partner.http.get(partner.route(askedVoice));
    const reference = await startReference(folder, { object: body });
    const requests = scale.detailRequests;
    const cpuMs = async (pid: number, url: string): Promise<number> => {
      const before = cpuOf(pid).own;
      await load({ url, headers: { 'X-Api-Key': partner.key }, requests, connections });
      return ((cpuOf(pid).own - before) / requests) * 1000;
    };
    const measured = await inTurns(
      Math.max(scale.rounds, 3),
      () => cpuMs(stack.parts.api.pid ?? 0, detailsUrl(partner)),
      () => cpuMs(reference.pid, `${reference.url}/constant`),
    );
    await reference.stop();
    return [
      {
        name: 'GET details with 25 samples, CPU a request',
        unit: 'ms',
        ours: { name: 'API', values: measured.ours },
        reference: { name: 'Express answering a constant object of the same size', values: measured.reference },
        target: { at: 'most', value: 4 },
      },
    ];
  },
};

/** Compares requests for details in a small and a large database. */
export const detailsAtScale: BenchCase = {
  name: 'details-at-scale',
  async run({ scale, stack: few }): Promise<readonly Row[]> {
    const many = await startBenchStack();
    try {
      const [fewPartner, manyPartner] = [await partnerWithVoice(few), await partnerWithVoice(many)];
      await onDatabase(few.address.databaseUrl, (client) =>
        seedVoices(client, scale.fewVoices).then(() => settle(client)),
      );
      await onDatabase(many.address.databaseUrl, (client) =>
        seedVoices(client, scale.manyVoices).then(() => settle(client)),
      );
      const requests = scale.detailRequests;
      const typicalMs = async (partner: TestPartner): Promise<number> =>
        median(await load({ url: detailsUrl(partner), headers: { 'X-Api-Key': partner.key }, requests, connections })) *
        1000;
      const measured = await inTurns(
        Math.max(scale.rounds, 3),
        () => typicalMs(manyPartner),
        () => typicalMs(fewPartner),
      );
      const atMany = await onDatabase(many.address.databaseUrl, (client) => explain(client, manyPartner));
      const atFew = await onDatabase(few.address.databaseUrl, (client) => explain(client, fewPartner));
      const names = [`${scale.manyVoices} voices`, `${scale.fewVoices} voices`] as const;
      return [
        {
          name: 'GET details, median time',
          unit: 'ms',
          ours: { name: `among ${names[0]}, ${10 * scale.manyVoices} samples`, values: measured.ours },
          reference: { name: `among ${names[1]}`, values: measured.reference },
          target: { at: 'most', value: 1.2 },
        },
        {
          name: 'GET details, buffers of its statement',
          unit: 'pages',
          ours: { name: `among ${names[0]}`, values: [buffersOf(atMany.details)] },
          target: { at: 'most', value: buffersOf(atFew.details) + 2 },
          notes: [
            `${buffersOf(atFew.details)} among ${names[1]}, and 2 are allowed on top`,
            fenced(`details among ${names[0]}`, atMany.details),
            fenced(`first page of the list among ${names[0]}`, atMany.page),
          ],
        },
      ];
    } finally {
      await many.stop();
    }
  },
};

/** Explains statements of VoicesRepository. Reports the second run, for which all pages are in Postgres' buffers. */
async function explain(client: pg.Client, partner: TestPartner): Promise<{ details: string; page: string }> {
  let plan = '';
  const explained = async (statement: string, parameters: readonly unknown[]): Promise<unknown[]> => {
    const explaining = `EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) ${statement}`;
    await client.query(explaining, [...parameters]);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(explaining, [...parameters]);
    plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    return [];
  };
  const explaining = {
    query: explained,
    read: (_name: string, statement: string, parameters: readonly unknown[]) => explained(statement, parameters),
  };
  const repository = new VoicesRepository(explaining as unknown as Database);
  const { rows } = await client.query<{ id: string }>('SELECT id FROM partners WHERE name = $1', [partner.name]);
  const partnerId = rows[0]?.id ?? '';
  await repository.rowNamed(partnerId, askedVoice);
  const details = plan;
  await repository.page(partnerId, { sort: 'name' }, { after: null, limit: 1000 });
  return { details, page: plan };
}

/** Returns the pages that the whole statement read from the buffers, which the plan's first `Buffers` line counts. */
const buffersOf = (plan: string): number => Number(/Buffers: shared hit=(\d+)/.exec(plan)?.[1] ?? NaN);

const fenced = (title: string, plan: string): string => `${title}:\n\n\`\`\`\n${plan}\n\`\`\``;

/** Measures the list of all voices of a partner. */
export const list: BenchCase = {
  name: 'list',
  async run({ stack, scale }): Promise<readonly Row[]> {
    const partner = await makePartner(stack.address);
    const { databaseUrl } = stack.address;
    await onDatabase(databaseUrl, (client) =>
      seedPartner(client, partner.name, scale.listedVoices, 1).then(() => settle(client)),
    );
    const url = `${partner.http.baseUrl}${partner.route()}`;
    const firstByte: number[] = [];
    const growth: number[] = [];
    const ours = async (): Promise<number> => {
      const grown = watchMemory(stack.parts.api.pid ?? 0);
      const took = await seconds(async () => {
        const answer = await get(url, { 'X-Api-Key': partner.key });
        firstByte.push(answer.firstByteSeconds * 1000);
      });
      growth.push(grown());
      return took;
    };
    const rows =
      `SELECT row_to_json(r) FROM (SELECT v.name, v.original_key IS NOT NULL AS has_original, v.sample_count, ` +
      `v.splitting_status, v.embedding_status, v.creator_name, v.creator_email FROM voices v ` +
      `JOIN partners p ON p.id = v.partner_id WHERE p.name = '${partner.name}' ORDER BY v.name) r`;
    const reference = (): Promise<number> => seconds(() => run('psql', ['-At', '-c', rows, databaseUrl]));
    const measured = await inTurns(Math.max(scale.rounds, 3), ours, reference);
    const series = { name: 'GET of the list', values: measured.ours };
    return [
      {
        name: `list of ${scale.listedVoices} voices`,
        unit: 's',
        ours: series,
        reference: { name: 'psql printing the same rows as JSON, its start included', values: measured.reference },
        target: { at: 'most', value: 2 },
        notes: [`the API grew by ${megabytes(Math.max(...growth))} at most (target 32 MB)`],
      },
      {
        name: `list of ${scale.listedVoices} voices, first byte`,
        unit: 'ms',
        ours: { name: 'GET of the list', values: firstByte },
        target: { at: 'most', value: 50 },
      },
    ];
  },
};
