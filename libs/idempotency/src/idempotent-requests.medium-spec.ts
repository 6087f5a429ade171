import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDataSource, Database, noteChange, VoiceEntity } from '#libs/database';
import { AppError, isAppError } from '#libs/errors';
import { PartnersService } from '#libs/partners';
import { SIGNING_SECRETS } from '#libs/storage';
import { VoicesService } from '#libs/voices';
import { Domain, required } from '../../../test/support/domain.js';
import { forgetExpiredKeys, IdempotencyKeysRepository } from './idempotency-keys.repository.js';
import {
  IdempotentRequests,
  type GivenAnswer,
  type IdempotentRequest,
  type IdempotentWork,
} from './idempotent-requests.service.js';

let domain: Domain;
let requests: IdempotentRequests;
/** Another process. */
let outside: Database;
let others: IdempotentRequests;
let partnerId: string;

beforeAll(async () => {
  domain = await Domain.open();
  requests = domain.get(IdempotentRequests);
  const options = { databaseUrl: domain.databaseUrl, poolSize: 2, applicationName: 'timbre-test' };
  outside = await new Database(createDataSource(options)).connect();
  others = new IdempotentRequests(outside, new IdempotencyKeysRepository(outside), domain.get(SIGNING_SECRETS));
  partnerId = await domain.partner();
});
afterAll(async () => {
  await outside.close();
  await domain.close();
});

const asked = (key: string, more: Partial<IdempotentRequest> = {}): IdempotentRequest => ({
  key,
  partnerId,
  voiceId: null,
  fingerprint: Buffer.alloc(32, 1),
  waitMs: 0,
  signal: new AbortController().signal,
  ...more,
});

const named = (name: string) => ({
  id: randomUUID(),
  partnerId,
  name,
  creatorName: null,
  creatorEmail: null,
  language: 'en',
});

/** Creates a voice. @param after runs before the answer is known */
const creates = (name: string, after: () => Promise<void> = async () => undefined): IdempotentWork => ({
  run: async () => {
    const { id } = await domain.get(VoicesService).create(named(name), null);
    await after();
    return { status: 201, headers: { location: `/${name}` }, body: { id, name } };
  },
  keptFailure: (error) =>
    isAppError(error, 'voice_exists') ? { status: 409, headers: {}, body: { detail: error.message } } : null,
});

const createsOutside = (name: string): IdempotentWork => ({
  run: async () => {
    await outside.transaction(async (tx) => {
      await tx.insert(VoiceEntity, named(name));
      noteChange(tx, { partnerId, voiceId: null });
    });
    return { status: 201, headers: {}, body: { name } };
  },
  keptFailure: () => null,
});

const never: IdempotentWork = {
  run: () => Promise.reject(new Error('processed again')),
  keptFailure: () => null,
};

async function voices(name: string): Promise<number> {
  const rows = await outside.query('SELECT FROM voices WHERE partner_id = $1 AND name = $2', [partnerId, name]);
  return rows.length;
}

/** As if the process that has the keys had died a while ago. */
async function expireLeases(): Promise<void> {
  await outside.query(`UPDATE idempotency_keys SET held_until = now() - interval '1 second' WHERE NOT answered`);
}

const refusal = (code: AppError['code']) => expect.objectContaining({ code });

describe('IdempotentRequests.answer', () => {
  it('commits a change together with its answer, which equal requests get again', async () => {
    const seen: number[] = [];
    const look = async (): Promise<void> => void seen.push(await voices('one'));
    const first = await requests.answer(asked('one'), creates('one', look));
    expect(seen).toEqual([0]);
    expect(await voices('one')).toBe(1);
    expect(first).toMatchObject({ isReplayed: false, answer: { status: 201, body: { name: 'one' } } });
    expect(await requests.answer(asked('one'), never)).toEqual({ ...first, isReplayed: true });
  });

  it('processes one of many equal requests, and answers all of them', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => requests.answer(asked('many', { waitMs: 60_000 }), creates('many'))),
    );
    expect(await voices('many')).toBe(1);
    expect(all.filter(({ isReplayed }) => !isReplayed)).toHaveLength(1);
    for (const { answer } of all) expect(answer).toEqual(required(all[0]).answer);
  });

  it('changes nothing if another request has taken over its key', async () => {
    let second: GivenAnswer | undefined;
    const first = requests.answer(
      asked('taken'),
      creates('slow', async () => {
        await expireLeases();
        second = await others.answer(asked('taken'), createsOutside('fast'));
      }),
    );
    await expect(first).rejects.toEqual(refusal('idempotency_key_busy'));
    expect([await voices('slow'), await voices('fast')]).toEqual([0, 1]);
    expect((await requests.answer(asked('taken'), never)).answer).toEqual(second?.answer);
  });

  it('processes a request again if its process died before the commit', async () => {
    const dies = creates('died', () => Promise.reject(new Error('killed')));
    await expect(requests.answer(asked('died'), dies)).rejects.toThrow('killed');
    expect(await voices('died')).toBe(0);
    expect((await requests.answer(asked('died'), creates('died'))).isReplayed).toBe(false);
    expect(await voices('died')).toBe(1);
  });

  it('refuses an equal request while the first one is under way, and another request always', async () => {
    const other = asked('busy', { fingerprint: Buffer.alloc(32, 2) });
    const whileUnderWay = async (): Promise<void> => {
      await expect(others.answer(asked('busy'), never)).rejects.toMatchObject({
        code: 'idempotency_key_busy',
        retryAfterSeconds: 2,
      });
      await expect(others.answer(other, never)).rejects.toEqual(refusal('idempotency_key_reused'));
    };
    await requests.answer(asked('busy'), creates('busy', whileUnderWay));
    await expect(requests.answer(other, never)).rejects.toEqual(refusal('idempotency_key_reused'));
  });

  it('stops to wait when the client leaves', async () => {
    const gone = AbortSignal.abort(new Error('gone'));
    const waiting = asked('left', { waitMs: 60_000, signal: gone });
    const leave = async () => expect(others.answer(waiting, never)).rejects.toThrow('gone');
    await requests.answer(asked('left'), creates('left', leave));
  });

  it('keeps the failures that it is told to keep', async () => {
    await requests.answer(asked('exists 1'), creates('exists'));
    await expect(requests.answer(asked('exists 2'), creates('exists'))).rejects.toEqual(refusal('voice_exists'));
    const { answer, isReplayed } = await requests.answer(asked('exists 2'), never);
    expect([answer.status, answer.body, isReplayed]).toEqual([409, { detail: 'Voice already exists' }, true]);
  });

  it('keeps the keys of partners and operators apart', async () => {
    await requests.answer(asked('shared'), creates('shared'));
    const another = asked('shared', { partnerId: await domain.partner() });
    const empty = { status: 202, headers: {} };
    const answers = { run: async () => empty, keptFailure: () => null };
    for (const request of [another, asked('shared', { partnerId: null })]) {
      expect(await requests.answer(request, answers)).toEqual({ answer: empty, isReplayed: false });
      expect(await requests.answer(request, never)).toEqual({ answer: empty, isReplayed: true });
    }
  });

  it('stores neither key nor answer in plain text', async () => {
    await requests.answer(asked('a key nobody knows'), creates('a name nobody knows'));
    const [row] = await outside.query<{ text: string }>(
      `SELECT string_agg(k::text, ' ') || string_agg(a::text, ' ') || string_agg(encode(sealed, 'escape'), ' ') AS text
       FROM idempotency_keys k JOIN idempotency_answers a USING (id)`,
    );
    expect(required(row).text).toContain(partnerId);
    for (const plain of ['nobody knows', Buffer.from('nobody knows').toString('hex')]) {
      expect(required(row).text).not.toContain(plain);
    }
  });

  it('deletes an answer with its voice, and does not create the voice again', async () => {
    const { answer } = await requests.answer(asked('deleted'), creates('deleted'));
    await domain.get(VoicesService).remove((answer.body as { id: string }).id);
    await expect(requests.answer(asked('deleted'), never)).rejects.toEqual(refusal('idempotency_answer_deleted'));
    expect(
      await domain.count(`idempotency_answers a JOIN idempotency_keys k USING (id) WHERE key_sha256 = sha256($1)`, [
        Buffer.from('deleted'),
      ]),
    ).toBe(0);
  });

  it('deletes keys and answers with their partner', async () => {
    const [row] = await domain.database.query<{ id: string }>(
      `INSERT INTO partners (name) VALUES ('gone') RETURNING id`,
    );
    const ofPartner = required(row).id;
    const request = asked('of a partner', { partnerId: ofPartner });
    await requests.answer(request, { run: async () => ({ status: 200, headers: {} }), keptFailure: () => null });
    await domain.get(PartnersService).erase('gone');
    expect(await domain.count('idempotency_keys WHERE partner_id = $1', [ofPartner])).toBe(0);
    expect(await domain.count('idempotency_answers WHERE partner_id = $1', [ofPartner])).toBe(0);
    await expect(requests.answer(request, never)).rejects.toEqual(refusal('partner_not_found'));
  });

  it('frees a key when its answer has expired, and forgets it', async () => {
    await requests.answer(asked('old'), creates('old'));
    await outside.query(`UPDATE idempotency_keys SET held_until = held_until - interval '25 hours' WHERE answered`);
    expect((await requests.answer(asked('old'), creates('new'))).isReplayed).toBe(false);
    await forgetExpiredKeys(domain.database);
    expect(await domain.count('idempotency_keys')).toBe(1);
    expect((await requests.answer(asked('old'), never)).answer.body).toMatchObject({ name: 'new' });
  });
});

describe('Database.answering', () => {
  /** Runs work as a request whose answer is kept. */
  const request = (work: () => Promise<void>): Promise<void> => domain.database.answering(work, async () => undefined);
  const insert = (name: string) =>
    domain.database.transaction((tx) => tx.insert(VoiceEntity, named(name)).then(() => undefined));
  const create = (name: string) => domain.get(VoicesService).create(named(name), null);

  it('commits a transaction without a recorded change as usual', async () => {
    await request(async () => {
      await insert('unrecorded');
      expect(await voices('unrecorded')).toBe(1);
    });
  });

  it('lets later transactions of the request join, of which a failed one takes back only itself', async () => {
    await request(async () => {
      await create('joined 1');
      const failing = domain.database.transaction(async (tx) => {
        await tx.insert(VoiceEntity, named('joined 2'));
        throw new Error('refused');
      });
      await expect(failing).rejects.toThrow('refused');
      await create('joined 3');
      expect(await voices('joined 1')).toBe(0);
    });
    expect([await voices('joined 1'), await voices('joined 2'), await voices('joined 3')]).toEqual([1, 0, 1]);
  });

  it('is unavailable if a later transaction of the request finds its connection lost', async () => {
    const lost = request(async () => {
      await create('lost');
      const [me] = await domain.database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await outside.query('SELECT pg_terminate_backend($1)', [me?.pid]);
      await expect(create('lost too')).rejects.toEqual(refusal('unavailable'));
      await create('lost too');
    });
    await expect(lost).rejects.toEqual(refusal('unavailable'));
    expect([await voices('lost'), await voices('lost too')]).toEqual([0, 0]);
  });

  it('runs what must follow the commit after it, and not at all after a rollback', async () => {
    const seen: string[] = [];
    const follow = (what: string) => domain.database.afterCommit(() => seen.push(what));
    follow('outside of requests');
    await request(async () => {
      follow('before the change');
      await create('followed');
      follow('after the change');
      seen.push('the answer');
    });
    const failed = request(async () => {
      await create('not followed');
      follow('never');
      throw new Error('refused');
    });
    await expect(failed).rejects.toThrow('refused');
    expect(await voices('not followed')).toBe(0);
    expect(seen).toEqual(['outside of requests', 'before the change', 'the answer', 'after the change']);
  });
});
