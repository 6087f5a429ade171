import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { VoicesService } from '#libs/voices';
import { fanOut } from '#libs/webhooks';
import { required } from '../../../../test/support/domain.js';
import type { ReceivedRequest } from '../../../../test/support/endpoint.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { verified, WebhookLab } from '../../../../test/support/webhook-lab.js';
import { recordOutcome } from './record-outcome.js';

let lab: WebhookLab;
beforeAll(async () => {
  lab = await WebhookLab.open();
});
afterAll(() => lab.close());
afterEach(() => lab.clear());

describe('Deliverer.deliverDue', () => {
  it('sends a signed message with the names of the time, and records the answer', async () => {
    lab.endpoint.replies = () => ({ status: 200, body: 'thanks' });
    const made = await lab.newWebhook();
    const voiceId = await lab.domain.emptyVoice(made.partnerId);
    await lab.domain.get(VoicesService).rename(voiceId, 'renamed');
    await lab.domain.get(VoicesService).remove(voiceId);
    await fanOut(lab.domain.database);
    await lab.deliver();
    const message = verified(lab.endpoint.requests[0], made.secret);
    expect(message).toEqual({
      type: 'voice.deleted',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      data: { voice_id: voiceId, name: 'renamed', partner: expect.stringMatching(/^p-/) },
    });
    const delivery = await lab.newest(made);
    expect(delivery).toMatchObject({
      type: 'voice.deleted',
      status: 'delivered',
      attempts: 1,
      responseStatus: 200,
      responseBody: 'thanks',
      error: null,
      nextAttemptAt: null,
    });
    expect(lab.endpoint.requests[0]?.headers['webhook-id']).toBe(delivery.id);
    await lab.deliver();
    expect(lab.endpoint.requests).toHaveLength(1);
  });

  it('sends a failed message again under the same id, until its attempts are used up', async () => {
    lab.endpoint.replies = () => ({ status: 503, body: 'later' });
    const made = await lab.waiting();
    for (let attempt = 1; attempt <= 11; attempt++) {
      await lab.makeDue(made.deliveryId);
      await lab.deliver();
      const { status, attempts, error, nextAttemptAt } = await lab.newest(made);
      expect([attempts, status, error]).toEqual([
        attempt,
        attempt < 11 ? 'pending' : 'failed',
        'The endpoint answered 503',
      ]);
      expect(nextAttemptAt === null).toBe(attempt === 11);
      await lab.deliver(); // not due
    }
    expect(lab.endpoint.requests).toHaveLength(11);
    expect(new Set(lab.endpoint.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect((await lab.webhooks.find(made.partnerId, made.id)).failingSince).toBeInstanceOf(Date);

    lab.endpoint.replies = () => ({ status: 204 });
    await lab.deliveries.resend(made.partnerId, made.id, made.deliveryId);
    await lab.deliver();
    expect(await lab.newest(made)).toMatchObject({
      status: 'delivered',
      attempts: 12,
      error: null,
      responseStatus: 204,
    });
    expect((await lab.webhooks.find(made.partnerId, made.id)).failingSince).toBeNull();
  });

  it('signs with the old secret too for a day after a rotation', async () => {
    const made = await lab.newWebhook();
    const { secret } = await lab.webhooks.rotateSecret(made.partnerId, made.id);
    const send = async (): Promise<ReceivedRequest | undefined> => {
      await lab.deletedVoice(made.partnerId);
      await fanOut(lab.domain.database);
      await lab.deliver();
      return lab.endpoint.requests.at(-1);
    };
    const both = await send();
    for (const each of [secret, made.secret]) expect(verified(both, each)).toMatchObject({ type: 'voice.deleted' });
    await lab.domain.database.query(`UPDATE webhooks SET previous_secret_until = now() WHERE id = $1`, [made.id]);
    const one = await send();
    expect(verified(one, secret)).toMatchObject({ type: 'voice.deleted' });
    expect(() => verified(one, made.secret)).toThrow('No matching signature');
  });

  it('disables a webhook after 5 days of failures, or at once after a 410, and fails what waits for it', async () => {
    for (const [status, since, reason] of [
      [500, '5 days', 'No attempt was successful for 5 days. The last one: The endpoint answered 500'],
      [410, '0 days', 'The endpoint answered 410 (Gone)'],
    ] as const) {
      lab.endpoint.replies = () => ({ status });
      const made = await lab.waiting();
      const held = await lab.claimOne();
      await lab.deletedVoice(made.partnerId);
      await fanOut(lab.domain.database);
      await lab.domain.database.query('UPDATE webhooks SET failing_since = now() - $2::interval WHERE id = $1', [
        made.id,
        since,
      ]);
      await lab.deliver();
      expect(await lab.webhooks.find(made.partnerId, made.id)).toMatchObject({
        enabled: false,
        disabledReason: reason,
      });
      const errors = (await lab.listed(made)).map(({ status: is, error }) => `${is}: ${error}`);
      expect(errors).toEqual(['failed: The webhook was disabled', 'failed: The webhook was disabled']);
      expect(
        await recordOutcome(lab.domain.database, required(held), { kind: 'answered', status: 200, body: '' }),
      ).toBeNull();
      expect((await lab.listed(made)).map(({ status: is }) => is)).toEqual(['failed', 'failed']);

      await lab.deletedVoice(made.partnerId);
      expect(await fanOut(lab.domain.database)).toBe(0);
      const refused = { code: 'webhook_disabled' };
      await expect(lab.deliveries.resend(made.partnerId, made.id, made.deliveryId)).rejects.toMatchObject(refused);
      const enabled = await lab.webhooks.update(made.partnerId, made.id, { enabled: true });
      expect(enabled).toMatchObject({ enabled: true, disabledReason: null, failingSince: null });
    }
  });

  it('does not disable a webhook that failed for less than 5 days', async () => {
    lab.endpoint.replies = () => ({ status: 500 });
    const made = await lab.waiting();
    await lab.domain.database.query(`UPDATE webhooks SET failing_since = now() - interval '4 days 23 hours'`);
    await lab.deliver();
    expect(await lab.webhooks.find(made.partnerId, made.id)).toMatchObject({ enabled: true });
  });

  it('sends a test once, and counts no failure of it', async () => {
    lab.endpoint.replies = () => ({ status: 500 });
    const made = await lab.newWebhook();
    const test = await lab.deliveries.sendTest({ id: made.partnerId, name: 'someone' }, made.id);
    expect(test).toMatchObject({ status: 'pending', attempts: 0, type: 'webhook.test' });
    await lab.deliver();
    expect(verified(lab.endpoint.requests[0], made.secret)).toMatchObject({
      type: 'webhook.test',
      data: { webhook_id: made.id, partner: 'someone' },
    });
    expect(await lab.newest(made)).toMatchObject({ status: 'failed', attempts: 1, responseStatus: 500 });
    expect(await lab.webhooks.find(made.partnerId, made.id)).toMatchObject({ failingSince: null });
  });

  it('hands back what is under way when the process stops', async () => {
    lab.endpoint.replies = () => null;
    const made = await lab.waiting();
    const stopped = lab.worker();
    await stopped.deliverDue();
    await waitFor('the request', () => Promise.resolve(lab.endpoint.requests.length === 1));
    await stopped.beforeApplicationShutdown();
    lab.endpoint.replies = () => ({ status: 204 });
    await lab.deliver();
    expect(await lab.newest(made)).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it('makes up to 8 requests at a time for a partner, and serves others meanwhile', async () => {
    lab.endpoint.replies = () => null;
    const many = await lab.newWebhook();
    for (let made = 0; made < 9; made++) await lab.deletedVoice(many.partnerId);
    await fanOut(lab.domain.database);
    const few = await lab.waiting();
    const deliverer = lab.worker();
    await deliverer.deliverDue();
    await waitFor('9 requests', () => Promise.resolve(lab.endpoint.requests.length === 9));
    expect((await lab.listed(many)).filter(({ attempts }) => attempts === 1)).toHaveLength(8);
    expect(await lab.newest(few)).toMatchObject({ attempts: 1 });
    expect(await lab.claimOne(new Map([[many.partnerId, 8]]))).toBeUndefined();
    await deliverer.beforeApplicationShutdown();
  });
});

describe('claimDeliveries', () => {
  it('gives a delivery to one worker, and to another one when its lease has ended', async () => {
    const made = await lab.waiting();
    const first = required(await lab.claimOne());
    expect(first).toMatchObject({ id: made.deliveryId, attempts: 1, secrets: [made.secret] });
    expect(await lab.claimOne()).toBeUndefined();
    await lab.domain.database.query(`UPDATE webhook_deliveries SET leased_until = now() - interval '1 second'`);
    const second = required(await lab.claimOne());
    expect(second).toMatchObject({ id: made.deliveryId, attempts: 2 });

    // The first one has lost its claim: whatever it records is ignored.
    await recordOutcome(lab.domain.database, first, { kind: 'answered', status: 200, body: 'late' });
    await recordOutcome(lab.domain.database, first, { kind: 'unreachable', error: 'late' });
    expect(await lab.newest(made)).toMatchObject({ status: 'pending', error: null, responseBody: null });
    await recordOutcome(lab.domain.database, second, { kind: 'answered', status: 201, body: 'in time' });
    expect(await lab.newest(made)).toMatchObject({ status: 'delivered', responseStatus: 201, responseBody: 'in time' });
  });
});
