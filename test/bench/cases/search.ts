import pg from 'pg';
import { makePartner } from '../../support/shared-stack.js';
import type { BenchCase, Row } from '../bench-case.js';
import { inTurns, median } from '../measure.js';
import { load } from '../requests.js';
import { settle } from '../seed.js';

/** Few, so that the time of a request does not include waiting in a queue. */
const connections = 2;
const pageSize = 100;

/**
 * Voices of one partner. Each has a project that a thousandth of all voices have, and a group that a tenth have. The
 * embedding of a thousandth has failed.
 */
const insertVoices = `INSERT INTO voices (partner_id, name, labels, sample_count, original_key, splitting_status, embedding_status)
  SELECT p.id, 'voice ' || lpad(n::text, 7, '0'), ARRAY['group:' || n % 10, 'project:' || n % 1000], 10,
    'voices/' || gen_random_uuid() || '/original.opus', 'completed',
    CASE WHEN n % 1000 = 5 THEN 'failed' ELSE 'completed' END
  FROM partners p, generate_series(1, $2::int) n WHERE p.name = $1`;

const searches: readonly (readonly [what: string, query: string])[] = [
  ['a label of a thousandth', 'label=project:7'],
  ['a label of a tenth', 'label=group:7'],
  ['two labels', 'label=project:7&label=group:7'],
  ['a label, newest first', 'label=project:7&sort=created_at&order=desc'],
  ['a status of a thousandth', 'status=failed'],
];

/** Compares pages of searches with pages of the plain list. */
export const search: BenchCase = {
  name: 'search',
  async run({ stack, scale }): Promise<readonly Row[]> {
    const partner = await makePartner(stack.address);
    const client = new pg.Client({ connectionString: stack.address.databaseUrl });
    await client.connect();
    try {
      await client.query(insertVoices, [partner.name, scale.manyVoices]);
      await settle(client);
    } finally {
      await client.end();
    }
    const requests = Math.ceil(scale.detailRequests / 10);
    const typicalMs = async (query: string): Promise<number> => {
      const url = `${partner.http.baseUrl}${partner.route()}?limit=${pageSize}${query}`;
      return median(await load({ url, headers: { 'X-Api-Key': partner.key }, requests, connections })) * 1000;
    };
    const rows: Row[] = [];
    for (const [what, query] of searches) {
      const measured = await inTurns(
        Math.max(scale.rounds, 3),
        () => typicalMs(`&${query}`),
        () => typicalMs(''),
      );
      rows.push({
        name: `search of ${scale.manyVoices} voices for ${what}, median time of a page`,
        unit: 'ms',
        ours: { name: `\`${query}\``, values: measured.ours },
        reference: { name: `a page of ${pageSize} of the plain list`, values: measured.reference },
        target: { at: 'most', value: 1.5 },
      });
    }
    return rows;
  },
};
