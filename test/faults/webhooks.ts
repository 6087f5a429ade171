import { Webhook } from 'standardwebhooks';
import { forEachLimited } from '#libs/service';
import { Endpoint, type ReceivedRequest, type Reply } from '../support/endpoint.js';
import type { TestPartner } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import { killWorker } from './kill-worker.js';
import type { Lab } from './lab.js';

/** Fails 3 of 10 requests and leaves 1 of 20 open, as long as it is bad. */
class BadReceiver {
  /** Ids of the messages that were answered with 2xx, and how often each was. */
  readonly accepted = new Map<string, number>();
  /** Requests that came before their voice was deleted, or whose signature is wrong. */
  readonly wrong: string[] = [];
  private readonly checks: Promise<void>[] = [];
  private received = 0;

  constructor(
    private readonly lab: Lab,
    private readonly secrets: ReadonlyMap<string, string>,
  ) {}

  readonly reply = (request: ReceivedRequest): Reply | null => {
    this.checks.push(this.check(request).catch((error: unknown) => void this.wrong.push(String(error))));
    const number = (this.received += 1);
    if (number % 20 === 2) return null;
    if ([0, 3, 6].includes(number % 10)) return { status: 500 };
    const id = String(request.headers['webhook-id']);
    this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
    return { status: 204 };
  };

  async checked(): Promise<void> {
    await Promise.all(this.checks);
    expect(this.wrong.length === 0, 'each message is signed, and its change is committed', this.wrong.slice(0, 3));
  }

  private async check({ body, headers, path }: ReceivedRequest): Promise<void> {
    const secret = this.secrets.get(path) ?? '';
    const message = new Webhook(secret).verify(body, headers as Record<string, string>) as {
      data: { voice_id: string };
    };
    const left = await this.lab.sql('SELECT 1 FROM voices WHERE id = $1', [message.data.voice_id]);
    if (left.length > 0) this.wrong.push(`the voice is still there: ${body}`);
  }
}

/** Creates and deletes voices, each of which is an event. */
async function deleteVoices(partner: TestPartner, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, at) => `voice ${at}`);
  await forEachLimited(names, 4, async (name) => {
    const made = await partner.http.post(`${partner.route()}/empty`, { name });
    const gone = await partner.http.delete(partner.route(name));
    expect(made.status === 201 && gone.status === 204, 'a voice was created and deleted', [made.status, gone.status]);
  });
}

const badEndpoint: Fault = {
  name: 'webhooks-bad-endpoint',
  fault: '1,000 events for an endpoint that fails 30 % and hangs 5 % of requests; kill -9 worker in between',
  passesWhen: 'each message is accepted at least once, signed, none before its change is committed; 0 lost',
  inShort: '30 events, leases that end at once',
  longSeconds: 100,
  round: async (lab, round) => {
    const partners = await Promise.all(Array.from({ length: round.pick(2, 4) }, () => lab.partner()));
    const eventsEach = round.pick(15, 250);
    const secrets = new Map<string, string>();
    const receiver = new BadReceiver(lab, secrets);
    const endpoint = await Endpoint.start(receiver.reply);
    try {
      for (const partner of partners) {
        const url = `http://127.0.0.1:${endpoint.port}/${partner.name}`;
        const made = await partner.http.post<{ secret: string }>(`/webhooks/${partner.name}`, { url });
        secrets.set(`/${partner.name}`, made.body.secret);
      }
      const killed = waitFor(
        'a third is accepted',
        () => receiver.accepted.size >= (partners.length * eventsEach) / 3,
        {
          timeoutMs: 240_000,
          everyMs: 5,
        },
      ).then(() => killWorker(lab));
      await Promise.all([killed, ...partners.map((partner) => deleteVoices(partner, eventsEach))]);
      if (round.short) await lab.sql(`UPDATE webhook_deliveries SET leased_until = now()`);
      await lab.worker.start();
      const startedAt = performance.now();
      await waitFor('all are delivered', () => allDelivered(lab, partners), { timeoutMs: 240_000, everyMs: 500 });
      const recoveryMs = Math.round(performance.now() - startedAt);
      await expectAccepted(lab, partners, receiver, eventsEach);
      await expectNothingLeft(lab);
      const repeated = [...receiver.accepted.values()].filter((times) => times > 1).length;
      return { recoveryMs, note: `${endpoint.requests.length} requests, ${repeated} messages accepted twice` };
    } finally {
      await endpoint.stop();
    }
  },
};

const ofPartners = `webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id JOIN partners p ON p.id = w.partner_id
  WHERE p.name = ANY($1)`;

/** Whether nothing waits. Failed attempts are due at once instead of after the delays, which would take hours. */
async function allDelivered(lab: Lab, partners: readonly TestPartner[]): Promise<boolean> {
  await lab.sql(`UPDATE webhook_deliveries SET due_at = now() WHERE status = 'pending' AND failures > 0`);
  const names = partners.map(({ name }) => name);
  const waiting = `SELECT 1 FROM ${ofPartners} AND d.status = 'pending' UNION ALL
    SELECT 1 FROM events WHERE fanned_out_at IS NULL AND partner = ANY($1) LIMIT 1`;
  return (await lab.sql(waiting, [names])).length === 0;
}

async function expectAccepted(
  lab: Lab,
  partners: readonly TestPartner[],
  receiver: BadReceiver,
  eventsEach: number,
): Promise<void> {
  await receiver.checked();
  const names = partners.map(({ name }) => name);
  const rows = await lab.sql<{ id: string; status: string }>(`SELECT d.id, d.status FROM ${ofPartners}`, [names]);
  const events = partners.length * eventsEach;
  expect(rows.length === events, `${events} events have one delivery each`, rows.length);
  const lost = rows.filter(({ id, status }) => status !== 'delivered' || !receiver.accepted.has(id));
  expect(lost.length === 0, 'each message was accepted', lost.slice(0, 3));
  expect(receiver.accepted.size === events, 'nothing else was sent', receiver.accepted.size);
}

export const webhookFaults: readonly Fault[] = [badEndpoint];
