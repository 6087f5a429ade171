import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { Endpoint, type ReceivedRequest } from '../../support/endpoint.js';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { waitFor } from '../../support/wait-for.js';
import { ask } from './asking.js';
import { bodyForms } from './body-forms.js';
import { instantContract } from './emulated.js';
import { said, toneVoice, type Failure } from './made-voices.js';
import { json, ofWebhooks } from './refusal-tables.js';

interface WebhookInfo {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string | null;
  readonly enabled: boolean;
  readonly secret?: string;
}

interface Delivery {
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  readonly message: { readonly type: string; readonly timestamp: string; readonly data: object };
  readonly response_status: number | null;
  readonly response_body: string | null;
  readonly error: string | null;
  readonly next_attempt_at: string | null;
}

let contract: Contract;
let endpoint: Endpoint;
let partner: TestPartner;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
  endpoint = await Endpoint.start();
});
afterAll(() => endpoint.stop());

const all = ['voice.split.completed', 'voice.split.failed', 'voice.embedding.completed', 'voice.embedding.failed'];
const unknownId = '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11';
const route = (path = ''): string => `/webhooks/${partner.name}${path}`;
const created = async (fields: Readonly<Record<string, unknown>> = {}): Promise<WebhookInfo> =>
  (await partner.http.post<WebhookInfo>(route(), { url: endpoint.url, ...fields })).body;
const deliveries = async (id: string): Promise<readonly Delivery[]> =>
  (await partner.http.get<Delivery[]>(route(`/${id}/deliveries`))).body;

/** Waits until none of a webhook's deliveries is pending. @returns them */
async function ended(id: string): Promise<readonly Delivery[]> {
  let made: readonly Delivery[] = [];
  await waitFor('the outcome of the deliveries', async () => {
    made = await deliveries(id);
    return made.length > 0 && made.every(({ status }) => status !== 'pending');
  });
  return made;
}

const verified = ({ body, headers }: ReceivedRequest, { secret = '' }: WebhookInfo): Delivery['message'] =>
  new Webhook(secret).verify(body, headers as Record<string, string>) as Delivery['message'];

describe.each(bodyForms)('webhooks, with fields sent as %s', (form, of) => {
  it('are created, read, changed and deleted', async () => {
    const fields = {
      url: 'https://Example.com/events',
      events: ['voice.deleted', 'voice.split.failed'],
      description: form,
    };
    const made = await partner.http.post<WebhookInfo>(route(), of(fields));
    expect(made.status).toBe(201);
    const { secret, ...webhook } = made.body;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(made.headers.get('location')).toBe(`/api${route(`/${webhook.id}`)}`);
    const shown = { ...fields, url: 'https://example.com/events', enabled: true, failing_since: null };
    expect(webhook).toMatchObject({ ...shown, disabled_reason: null });
    expect((await partner.http.get(route(`/${webhook.id}`))).body).toEqual(webhook);
    expect((await partner.http.get<WebhookInfo[]>(route())).body).toContainEqual(webhook);

    const changed = await partner.http.patch<WebhookInfo>(
      route(`/${webhook.id}`),
      of({ url: endpoint.url, events: ['voice.deleted'], enabled: 'false' }),
    );
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { url: endpoint.url, events: ['voice.deleted'], description: form, enabled: false },
    ]);
    const cleared = await partner.http.patch<WebhookInfo>(route(`/${webhook.id}`), { description: null });
    expect([cleared.status, cleared.body.description]).toEqual([200, null]);
    const enabled = await partner.http.patch<WebhookInfo>(route(`/${webhook.id}`), of({ enabled: 'true' }));
    expect(enabled.body).toMatchObject({ url: endpoint.url, enabled: true });
    expect((await partner.http.delete(route(`/${webhook.id}`))).status).toBe(204);
    expect(said(await partner.http.get(route(`/${webhook.id}`)))).toEqual({ status: 404, detail: 'Webhook not found' });
  });
});

describe('a webhook', () => {
  it('is sent a signed message of each event of its types, with timestamps in the order of what happened', async () => {
    const webhook = await created();
    const deletions = await created({ events: ['voice.deleted'] });
    expect(webhook.events).toEqual([...all, 'voice.deleted']);
    const voice = await toneVoice(partner, 'told');
    await partner.http.delete(partner.route('told'));
    const ofThis = (): readonly ReceivedRequest[] =>
      endpoint.requests.filter(({ headers }) => ids.has(String(headers['webhook-id'])));
    let ids = new Set<string>();
    await waitFor('three messages', async () => {
      ids = new Set((await deliveries(webhook.id)).map(({ id }) => id));
      return ofThis().length === 3;
    });
    const messages = ofThis().map((request) => verified(request, webhook));
    const inOrder = messages.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp));
    const data = { voice_id: (voice as { id?: string }).id, name: 'told', partner: partner.name };
    expect(inOrder.map(({ type, data: told }) => [type, told])).toEqual([
      ['voice.split.completed', { ...data, sample_count: 2 }],
      ['voice.embedding.completed', { ...data, tts_type: 'kyutai' }],
      ['voice.deleted', data],
    ]);
    expect((await ended(deletions.id)).map(({ message }) => message.type)).toEqual(['voice.deleted']);
    const page = await partner.http.get<Delivery[]>(route(`/${webhook.id}/deliveries?limit=1`));
    expect([page.body.length, page.body[0]?.message.type]).toEqual([1, 'voice.deleted']);
    expect(page.headers.get('link')).toContain('rel="next"');
    for (const { id } of [webhook, deletions]) await partner.http.delete(route(`/${id}`));
  });

  it('is tested, shows the outcome, and is sent a message again on request', async () => {
    const webhook = await created();
    endpoint.replies = () => ({ status: 500, body: 'not yet' });
    const test = await partner.http.post<Delivery>(route(`/${webhook.id}/test`));
    expect([test.status, test.body]).toMatchObject([202, { status: 'pending', attempts: 0 }]);
    const [failed] = await ended(webhook.id);
    expect(failed).toMatchObject({
      id: test.body.id,
      status: 'failed',
      message: { type: 'webhook.test', data: { webhook_id: webhook.id, partner: partner.name } },
      response_status: 500,
      response_body: 'not yet',
      error: 'The endpoint answered 500',
      next_attempt_at: null,
    });
    endpoint.replies = () => ({ status: 204 });
    const resent = await partner.http.post<Delivery>(route(`/${webhook.id}/deliveries/${failed?.id}/resend`));
    expect([resent.status, resent.body.status]).toEqual([202, 'pending']);
    const [delivered] = await ended(webhook.id);
    expect(delivered).toMatchObject({ status: 'delivered', attempts: 2, error: null });
  });

  it('has a new secret after a rotation, beside which the old one still signs', async () => {
    const webhook = await created();
    const rotated = await partner.http.post<WebhookInfo>(route(`/${webhook.id}/rotate-secret`));
    expect(rotated.status).toBe(200);
    expect(rotated.body.secret).not.toBe(webhook.secret);
    const { id } = (await partner.http.post<Delivery>(route(`/${webhook.id}/test`))).body;
    await ended(webhook.id);
    const received = endpoint.requests.find(({ headers }) => headers['webhook-id'] === id);
    for (const each of [webhook, rotated.body]) {
      expect(received && verified(received, each).type).toBe('webhook.test');
    }
  });
});

describe('refusals of webhooks', () => {
  let id: string;
  beforeAll(async () => {
    ({ id } = await created({ description: 'refusing' }));
  });

  it.each([
    [{}, 'url'],
    [{ url: '' }, 'url'],
    [{ url: 'example.com' }, 'url'],
    [{ url: 'ftp://example.com/' }, 'url'],
    [{ url: 'https://user:secret@example.com/' }, 'url'],
    [{ url: `https://example.com/${'x'.repeat(2_000)}` }, 'url'],
    [{ url: 'https://example.com/', events: [] }, 'events'],
    [{ url: 'https://example.com/', events: ['voice.updated'] }, 'events'],
    [{ url: 'https://example.com/', events: 'voice' }, 'events'],
    [{ url: 'https://example.com/', description: 'x'.repeat(256) }, 'description'],
    [{ url: 'https://example.com/', event: 'voice.deleted' }, 'event'],
  ])('return 422 for %j', async (fields, field) => {
    for (const [method, path] of [
      ['POST', route()],
      ['PATCH', route(`/${id}`)],
    ] as const) {
      if (method === 'PATCH' && Object.keys(fields).length === 0) continue;
      const answer = await ask(partner.http, method, path, { body: JSON.stringify(fields), headers: json });
      expect([method, answer.status, answer.body.errors?.map((each) => each.field)]).toEqual([method, 422, [field]]);
    }
  });

  it.each([{ events: '' }, { url: '' }, { description: '' }, { enabled: 'maybe' }])(
    'return 422 for a change to %j',
    async (fields) => {
      expect((await partner.http.patch(route(`/${id}`), fields)).status).toBe(422);
    },
  );

  it.each(['?limit=0', '?cursor=x', `?cursor=${Buffer.from('w1:x').toString('base64url')}`])(
    'return 422 for deliveries%s',
    async (query) => {
      expect((await partner.http.get(route(`/${id}/deliveries${query}`))).status).toBe(422);
    },
  );

  it('return 404 for webhooks and deliveries that are missing, or of another partner', async () => {
    const missing = { status: 404, detail: 'Webhook not found' };
    const other = await contract.partner();
    const places = [route(`/${unknownId}`), route('/nothing'), `/webhooks/${other.name}/${id}`];
    for (const place of places) {
      const client = place.includes(other.name) ? other.http : partner.http;
      const calls = [
        ['GET', ''],
        ['PATCH', ''],
        ['DELETE', ''],
        ['POST', '/test'],
        ['POST', '/rotate-secret'],
        ['GET', '/deliveries'],
        ['POST', `/deliveries/${unknownId}/resend`],
      ] as const;
      for (const [method, path] of calls) {
        const init = method === 'PATCH' ? { body: '{}', headers: json } : {};
        expect([method, path, said(await ask(client, method, place + path, init))]).toEqual([method, path, missing]);
      }
    }
    for (const delivery of [unknownId, 'nothing']) {
      const answer = await ask(partner.http, 'POST', route(`/${id}/deliveries/${delivery}/resend`));
      expect(said(answer)).toEqual({ status: 404, detail: 'Delivery not found' });
    }
    const noPartner = { status: 404, detail: 'Partner not found' };
    expect(said(await contract.admin.get('/webhooks/nobody-here'))).toEqual(noPartner);
    expect(said(await contract.admin.post('/webhooks/nobody-here', { url: endpoint.url }))).toEqual(noPartner);
  });

  it('return 409 for tests and resends of a disabled webhook, and for the 21st webhook', async () => {
    const { id: disabled } = await created();
    const { id: delivery } = (await partner.http.post<Delivery>(route(`/${disabled}/test`))).body;
    await partner.http.patch(route(`/${disabled}`), { enabled: false });
    for (const path of ['/test', `/deliveries/${delivery}/resend`]) {
      expect(said(await ask(partner.http, 'POST', route(`/${disabled}${path}`)))).toEqual({
        status: 409,
        detail: 'Webhook is disabled',
      });
    }
    const { length } = (await partner.http.get<WebhookInfo[]>(route())).body;
    for (let made = length; made < 20; made++) await created({ url: 'https://example.com/' });
    expect(said(await partner.http.post<Failure>(route(), { url: endpoint.url }))).toEqual({
      status: 409,
      detail: 'Partner has too many webhooks',
    });
  });

  it('return 409 and 422 for an Idempotency-Key that was used otherwise, or is empty', async () => {
    const key = { 'Idempotency-Key': `of ${id}` };
    const { body: test } = await partner.http.post<Delivery>(route(`/${id}/test`), undefined, key);
    expect((await partner.http.post<Delivery>(route(`/${id}/test`), undefined, key)).body).toEqual(test);
    for (const path of ['', `/${id}/rotate-secret`, `/${id}/deliveries/${test.id}/resend`]) {
      const fields = path === '' ? { url: endpoint.url } : undefined;
      expect([path, (await partner.http.post(route(path), fields, key)).status]).toEqual([path, 409]);
      expect([path, (await partner.http.post(route(path), fields, { 'Idempotency-Key': '' })).status]).toEqual([
        path,
        422,
      ]);
    }
    expect((await partner.http.post(route(`/${id}/test`), undefined, { 'Idempotency-Key': '' })).status).toBe(422);
  });

  it('return 400 and 413 for bodies that cannot be read', async () => {
    for (const [method, path] of [
      ['POST', route()],
      ['PATCH', route(`/${id}`)],
    ] as const) {
      expect((await ask(partner.http, method, path, { body: '{', headers: json })).status).toBe(400);
      const body = new URLSearchParams({ url: 'x'.repeat(70_000) });
      expect((await ask(partner.http, method, path, { body })).status).toBe(413);
    }
  });
});

describe('coverage of openapi.json by the tests above', () => {
  it('includes every documented status of webhooks', () => {
    const elsewhere = /^(401|403|408|429|5\d\d)$/; // those of every route
    const unseen = contract.recorder.unseen((status) => !elsewhere.test(String(status)));
    expect(unseen.filter((each) => ofWebhooks.test(each))).toEqual([]);
  });
});
