import fc from 'fast-check';
import { formWithFile } from './http.js';
import { always, command, compare, differs, voiceRoute, type Command, type RealTimbre } from './model-command.js';
import type { ConsentModel, ContractModel, VoiceModel, WebhookModel } from './model.js';
import { sendOnce } from './repeated-requests.js';

const unknownId = '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11';
const same = (seen: unknown, wanted: unknown): boolean => JSON.stringify(seen) === JSON.stringify(wanted);

/** @param hasFile sends a document with it */
const giveConsent = (name: string, hasFile: boolean): Command =>
  always(
    'give a consent for',
    name,
    (real) => {
      const fields = { statement: 'I agree.', language: 'en', granted_by: 'Ann', method: 'written' };
      const body = () => (hasFile ? formWithFile(real.recordings[0]!.file, fields) : Promise.resolve(fields));
      return sendOnce(real, name, voiceRoute(real, name, '/consent'), body);
    },
    (voice) => ({
      status: 201,
      apply: (body) => void voice.consents.push({ id: (body as { id: string }).id, isRevoked: false }),
    }),
  );

const consentAt = (voice: VoiceModel | undefined, at: number): ConsentModel | undefined =>
  voice?.consents[at % voice.consents.length];

/** Revokes one of a voice's consents, maybe again. */
const revokeConsent = (name: string, at: number, erase: boolean): Command =>
  always(
    `revoke consent ${at}${erase ? ' and erase' : ''} of`,
    name,
    (real, voice) => {
      const route = voiceRoute(real, name, `/consent/${consentAt(voice, at)?.id ?? unknownId}/revoke`);
      return sendOnce(real, name, route, async () => ({ erase }));
    },
    (voice, { voices }) => {
      const consent = consentAt(voice, at);
      if (!consent) return { status: 404, detail: 'Consent not found' };
      const apply = (body: unknown): void => {
        const { id, revoked_at: revokedAt } = body as ShownConsent;
        if (id !== consent.id || revokedAt === null) differs('a revoked consent', body, consent.id);
        consent.isRevoked = true;
        if (erase) voices.delete(name);
      };
      return { status: 200, apply };
    },
  );

interface ShownConsent {
  readonly id: string;
  readonly revoked_at: string | null;
}

/** Compares the consents of a voice. */
export async function expectConsents(name: string, { consents }: VoiceModel, real: RealTimbre): Promise<void> {
  const { body } = await real.partner.http.get<readonly ShownConsent[]>(voiceRoute(real, name, '/consent'));
  const seen = body.map(({ id, revoked_at: revokedAt }) => ({ id, isRevoked: revokedAt !== null }));
  if (!same(seen, consents)) differs(`the consents of ${name}`, seen, consents);
}

type WebhookFields = Partial<Omit<WebhookModel, 'id'>>;

/** Nothing listens there, so that no message arrives and all are attempted again later. */
const url = fc.constantFrom('http://127.0.0.1:9/one', 'http://127.0.0.1:9/two');
const events = fc.constantFrom(['voice.deleted'], ['voice.split.failed', 'voice.embedding.completed']);
const newWebhooks = fc.record({ url, events, description: fc.constant('new') }, { requiredKeys: ['url'] });
const changedWebhooks: fc.Arbitrary<WebhookFields> = fc.record(
  { url, events, description: fc.constantFrom('changed', null), enabled: fc.boolean() },
  { requiredKeys: [] },
);

const webhooksRoute = ({ partner }: RealTimbre, rest = ''): string => `/webhooks/${partner.name}${rest}`;
const allEvents = ['split.completed', 'split.failed', 'embedding.completed', 'embedding.failed', 'deleted'];

const shownWebhook = (webhook: WebhookModel): WebhookModel => ({
  id: webhook.id,
  url: webhook.url,
  events: webhook.events,
  description: webhook.description,
  enabled: webhook.enabled,
});

const createWebhook = (given: WebhookFields & { readonly url: string }): Command =>
  command('create a webhook', async (model, real) => {
    const answer = await sendOnce(real, null, webhooksRoute(real), async () => given);
    const apply = (body: unknown): void => {
      const webhook = shownWebhook(body as WebhookModel);
      const defaults = { events: allEvents.map((each) => `voice.${each}`), description: null, enabled: true };
      const wanted = shownWebhook({ id: webhook.id, ...defaults, ...given });
      if (!same(webhook, wanted)) differs('a new webhook', webhook, wanted);
      model.webhooks = [...model.webhooks, wanted];
    };
    const isFull = model.webhooks.length >= 20;
    compare('create a webhook', answer, isFull ? { status: 409 } : { status: 201, apply });
  });

const webhookAt = ({ webhooks }: ContractModel, at: number): WebhookModel | undefined => webhooks[at % webhooks.length];
const noWebhook = { status: 404, detail: 'Webhook not found' };

const changeWebhook = (at: number, given: WebhookFields): Command =>
  command(`change webhook ${at} to ${JSON.stringify(given)}`, async (model, real) => {
    const webhook = webhookAt(model, at);
    const answer = await real.partner.http.patch(webhooksRoute(real, `/${webhook?.id ?? unknownId}`), given);
    if (!webhook) return compare('change a webhook', answer, noWebhook);
    const wanted = { ...webhook, ...given };
    compare('change a webhook', answer, { status: 200 });
    model.webhooks = model.webhooks.map((each) => (each === webhook ? wanted : each));
    const seen = shownWebhook(answer.body as WebhookModel);
    if (!same(seen, wanted)) differs('a changed webhook', seen, wanted);
  });

const removeWebhook = (at: number): Command =>
  command(`delete webhook ${at}`, async (model, real) => {
    const webhook = webhookAt(model, at);
    const answer = await real.partner.http.delete(webhooksRoute(real, `/${webhook?.id ?? unknownId}`));
    compare('delete a webhook', answer, webhook ? { status: 204 } : noWebhook);
    model.webhooks = model.webhooks.filter((each) => each !== webhook);
  });

/** Compares the webhooks of the partner. */
export async function expectWebhooks({ webhooks }: ContractModel, real: RealTimbre): Promise<void> {
  const { body } = await real.partner.http.get<readonly WebhookModel[]>(webhooksRoute(real));
  const seen = body.map(shownWebhook);
  if (!same(seen, webhooks)) differs('the webhooks', seen, webhooks);
}

/** Commands about consents and webhooks. */
export function partnerCommands(name: fc.Arbitrary<string>): readonly fc.Arbitrary<Command>[] {
  const at = fc.nat({ max: 3 });
  return [
    fc.tuple(name, fc.boolean()).map(([voice, hasFile]) => giveConsent(voice, hasFile)),
    fc.tuple(name, at, fc.boolean()).map(([voice, which, erase]) => revokeConsent(voice, which, erase)),
    newWebhooks.map(createWebhook),
    fc.tuple(at, changedWebhooks).map(([which, given]) => changeWebhook(which, given)),
    at.map(removeWebhook),
  ];
}
