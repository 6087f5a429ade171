import { beforeAll, describe, expect, it } from '@jest/globals';
import { speech } from '../../support/audio-measure.js';
import type { Answer, Body } from '../../support/http.js';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { storedKeys } from '../../support/test-storage.js';
import { details, finishedVoice, settled, type Details, type Quality } from '../../support/voices.js';
import { bodyForms } from './body-forms.js';
import { behave, behaveAgain, instantContract } from './emulated.js';
import { emptyVoice, finished, said, voiceOfSamples } from './made-voices.js';
import { sql } from './sql.js';

/** The answer to a dry run. */
interface Preview {
  readonly samples: readonly {
    readonly source_timestamp: string;
    readonly start: number;
    readonly duration: number;
    readonly quality: Quality;
  }[];
  readonly dropped_seconds: number;
}

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
  await finishedVoice(partner, 'read', speech('fr'));
});

const preview = (voice: string, body: Body): Promise<Answer<Preview>> =>
  partner.http.post<Preview>(`${partner.route(voice)}/split`, body);

/** Returns what the stack has stored about a voice: all rows, and the keys of all objects but the upload, which expires. */
async function stored(voice: string): Promise<object> {
  const [found] = await sql<{ id: string }>(
    contract.stack,
    'SELECT v.id FROM voices v JOIN partners p ON p.id = v.partner_id WHERE p.name = $1 AND v.name = $2',
    [partner.name, voice],
  );
  const rows = (table: string, column = 'voice_id'): string =>
    `(SELECT jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)::text) FROM ${table} t WHERE ${column} = $1) AS ${table}`;
  const tables = ['samples', 'jobs', 'embeddings', 'embedding_runs', 'test_samples', 'speeches', 'audit_log'];
  const columns = [rows('voices', 'id'), ...tables.map((table) => rows(table))];
  const [row = {}] = await sql(contract.stack, `SELECT ${columns.join(', ')}`, [found?.id]);
  const keys = await storedKeys(contract.stack, `voices/${found?.id}/`);
  return { ...row, keys: keys.filter((key) => !key.includes('/uploads/')) };
}

const asSample = ({ source_timestamp, start, duration, quality }: Preview['samples'][number]): object => ({
  source_timestamp,
  start,
  duration,
  quality,
});

/** Returns the samples of a voice without their indexes. */
const withoutIndexes = ({ samples }: Details): object[] =>
  samples.map(({ source_timestamp, start, duration, quality }) => ({ source_timestamp, start, duration, quality }));

describe('a dry run', () => {
  it.each([
    { mode: 'fixed' },
    { mode: 'fixed', sample_duration: 20, max_samples: 2 },
    { mode: 'fixed', sample_duration: 7, max_samples: 3, select: 'best' },
    { mode: 'speech' },
    { mode: 'speech', min_duration: 3, sample_duration: 10, max_samples: 4 },
    { mode: 'speech', min_duration: 3, sample_duration: 8, max_samples: 3, select: 'best' },
  ])('of %j returns what the split then makes', async (fields) => {
    const planned = await preview('read', { ...fields, dry_run: true });
    expect(planned.status).toBe(200);
    const voice = await finished(partner, 'read', 'split', fields);
    expect(planned.body.samples.map(asSample)).toEqual(withoutIndexes(voice));
    const total = planned.body.samples.reduce((sum, { duration }) => sum + duration, planned.body.dropped_seconds);
    expect(total).toBeCloseTo(voice.original_duration ?? 0, 2);
  });

  it('says where each sample starts, exactly', async () => {
    const { body } = await preview('read', { mode: 'speech', dry_run: true });
    let end = 0;
    for (const { start, duration, source_timestamp } of body.samples) {
      expect(start).toBeGreaterThanOrEqual(end);
      expect(source_timestamp).toBe(new Date(start * 1000).toISOString().slice(14, 19));
      end = start + duration;
    }
  });

  it('writes no row and no object', async () => {
    await finishedVoice(partner, 'untouched', speech('es'));
    const before = await stored('untouched');
    expect(before).toMatchObject({ voices: [{ name: 'untouched' }], jobs: [{}, {}] });
    for (const fields of [{}, { mode: 'speech' }, { select: 'best', max_samples: 2 }, { sample_duration: 60 }]) {
      expect((await preview('untouched', { ...fields, dry_run: true })).status).toBe(200);
    }
    expect(await stored('untouched')).toEqual(before);
  });

  it.each(bodyForms)('is asked for in %s', async (_form, bodyOf) => {
    const before = await details(partner, 'read');
    const fields = { max_samples: '1', sample_duration: '60' };
    const answer = await preview('read', bodyOf({ ...fields, dry_run: 'true' }));
    expect([answer.status, answer.body.samples.map(({ duration }) => duration)]).toEqual([200, [60]]);
    const wrong = await preview('read', bodyOf({ ...fields, dry_run: 'yes' }));
    expect(said(wrong)).toEqual({ status: 422, detail: 'dry_run must be true or false' });
    expect(await details(partner, 'read')).toMatchObject({ samples: before.samples, status: before.status });
  });

  it('is asked for in the query, unless the body says otherwise', async () => {
    const route = `${partner.route('read')}/split?dry_run=true&max_samples=2`;
    const answer = await partner.http.post<Preview>(route);
    expect([answer.status, answer.body.samples.length]).toEqual([200, 2]);
    expect((await partner.http.post(route, { dry_run: false })).status).toBe(202);
    expect((await settled(partner, 'read')).samples).toHaveLength(2);
    const wrong = await partner.http.post(`${partner.route('read')}/split?dry_run=1`);
    expect(said(wrong)).toEqual({ status: 422, detail: 'dry_run must be true or false' });
  });

  it('works while the voice is locked, and leaves the lock alone', async () => {
    const match = { partner: partner.name, voice: 'read' };
    await behave(contract.stack, match, { kind: 'hold' });
    expect((await partner.http.post(`${partner.route('read')}/embed`)).status).toBe(202);
    const answer = await preview('read', { mode: 'speech', dry_run: true });
    expect(answer.status).toBe(200);
    expect(answer.body.samples.length).toBeGreaterThan(1);
    expect((await details(partner, 'read')).status.embedding).toBe('in_progress');
    const locked = await preview('read', { mode: 'speech' });
    expect(said(locked)).toEqual({ status: 409, detail: 'Voice is currently being processed' });
    expect((await partner.http.post(`${partner.route('read')}/cancel`)).status).toBe(202);
    await behaveAgain(contract.stack, match);
  });

  it('needs a recording', async () => {
    await emptyVoice(partner, 'empty');
    await voiceOfSamples(partner, 'sampled', 1);
    for (const voice of ['empty', 'sampled']) {
      const answer = await preview(voice, { dry_run: true });
      expect(said(answer)).toEqual({ status: 409, detail: 'Voice has no original recording' });
    }
    const wrong = await preview('empty', { dry_run: true, min_duration: 16 });
    expect(wrong.status).toBe(422);
    expect(said(await preview('nobody', { dry_run: true }))).toEqual({ status: 404, detail: 'Voice not found' });
  });
});
