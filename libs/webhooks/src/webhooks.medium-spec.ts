import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { fanOut } from '#libs/webhooks';
import { required } from '../../../test/support/domain.js';
import { WebhookLab, type Message } from '../../../test/support/webhook-lab.js';
import { forgetDeliveries } from './delivery-rows.js';

let lab: WebhookLab;
beforeAll(async () => {
  lab = await WebhookLab.open();
});
afterAll(() => lab.close());
afterEach(() => lab.clear());

describe('fanOut', () => {
  it('makes one delivery of each event for each webhook that wants its type, however many workers do it', async () => {
    const all = await lab.newWebhook();
    const deleted = await lab.newWebhook({ partnerId: all.partnerId, events: ['voice.deleted'] });
    const splits = await lab.newWebhook({ partnerId: all.partnerId, events: ['voice.split.failed'] });
    const disabled = await lab.newWebhook({ partnerId: all.partnerId });
    await lab.webhooks.update(all.partnerId, disabled.id, { enabled: false });
    const other = await lab.newWebhook();
    const voices: string[] = [];
    for (let made = 0; made < 5; made++) voices.push(await lab.deletedVoice(all.partnerId));

    const made = await Promise.all([1, 2, 3].map(() => fanOut(lab.domain.database)));
    expect(made.reduce((sum, each) => sum + each, 0)).toBe(10);
    for (const webhook of [all, deleted]) {
      const told = (await lab.listed(webhook)).map(({ payload }) => (JSON.parse(payload) as Message).data.voice_id);
      expect(told.sort()).toEqual([...voices].sort());
    }
    for (const webhook of [splits, disabled, other]) expect(await lab.listed(webhook)).toEqual([]);
    expect(await fanOut(lab.domain.database)).toBe(0);
  });
});

describe('DeliveriesService.list', () => {
  it('returns pages, newest first', async () => {
    const made = await lab.newWebhook();
    for (let count = 0; count < 5; count++) {
      await lab.deletedVoice(made.partnerId);
      await fanOut(lab.domain.database);
    }
    const all = await lab.listed(made);
    const first = await lab.deliveries.list(made.id, { before: null, limit: 3 });
    const rest = await lab.deliveries.list(made.id, { before: required(first[2]).id, limit: 3 });
    expect([...first, ...rest].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    const times = all.map(({ createdAt }) => createdAt.getTime());
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });
});

describe('forgetDeliveries', () => {
  it('deletes deliveries 7 days after their end, and none that waits', async () => {
    const ended = await lab.waiting();
    await lab.deliver();
    const waits = await lab.waiting();
    const forget = (): Promise<void> => lab.domain.database.transaction(forgetDeliveries);
    await lab.domain.database.query(
      `UPDATE webhook_deliveries SET finished_at = finished_at - interval '6 days 23 hours'`,
    );
    await forget();
    expect(await lab.listed(ended)).toHaveLength(1);
    await lab.domain.database.query(`UPDATE webhook_deliveries SET finished_at = finished_at - interval '2 hours'`);
    await forget();
    expect([await lab.listed(ended), await lab.listed(waits)]).toEqual([
      [],
      [expect.objectContaining({ status: 'pending' })],
    ]);
  });
});

describe('WebhooksService', () => {
  it('shows webhooks to their own partner only', async () => {
    const made = await lab.newWebhook();
    const stranger = await lab.domain.partner();
    const missing = { code: 'webhook_not_found' };
    await expect(lab.webhooks.find(stranger, made.id)).rejects.toMatchObject(missing);
    await expect(lab.webhooks.update(stranger, made.id, { enabled: false })).rejects.toMatchObject(missing);
    await expect(lab.webhooks.rotateSecret(stranger, made.id)).rejects.toMatchObject(missing);
    await expect(lab.webhooks.remove(stranger, made.id)).rejects.toMatchObject(missing);
    await expect(lab.deliveries.sendTest({ id: stranger, name: 'x' }, made.id)).rejects.toMatchObject(missing);
    expect(await lab.webhooks.list(stranger)).toEqual([]);
  });

  it('creates up to 20 webhooks of a partner, also at once', async () => {
    const partnerId = await lab.domain.partner();
    const made = await Promise.allSettled(Array.from({ length: 23 }, () => lab.newWebhook({ partnerId })));
    const refused = made.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(refused).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ code: 'too_many_webhooks' })));
    expect(await lab.webhooks.list(partnerId)).toHaveLength(20);
  });

  it('records every change with the host of the URL, without path and secret', async () => {
    const made = await lab.newWebhook();
    await lab.webhooks.update(made.partnerId, made.id, { description: 'x', events: ['voice.deleted'] });
    await lab.webhooks.rotateSecret(made.partnerId, made.id);
    await lab.deliveries.sendTest({ id: made.partnerId, name: 'x' }, made.id);
    const { id } = await lab.newest(made);
    await lab.deliveries.resend(made.partnerId, made.id, id);
    await lab.webhooks.remove(made.partnerId, made.id);
    const entries = await lab.domain.database.query<{ action: string; details: object }>(
      `SELECT action, details FROM audit_log WHERE partner_id = $1 AND action LIKE 'webhook.%' ORDER BY id`,
      [made.partnerId],
    );
    const actions = ['create', 'update', 'rotate-secret', 'test', 'resend', 'delete'];
    expect(entries.map(({ action }) => action)).toEqual(actions.map((action) => `webhook.${action}`));
    const details = { webhook: made.id, host: `127.0.0.1:${lab.endpoint.port}` };
    for (const entry of entries) expect(entry.details).toEqual(details);
    expect(await lab.listed(made)).toEqual([]);
  });
});
