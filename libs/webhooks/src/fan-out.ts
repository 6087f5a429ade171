import { rowsOf, type Database, type Transaction } from '#libs/database';
import { takeNewEvents, type VoiceEvent } from '#libs/events';
import { insertDeliveries, type NewDelivery } from './delivery-rows.js';
import { isWebhookEventType, messageText } from './message.js';

/** Events that one transaction takes. */
const eventsAtATime = 200;

/** A webhook that may be sent events. */
interface Subscriber {
  readonly id: string;
  readonly partnerId: string;
  readonly events: readonly string[];
}

/**
 * Makes deliveries of the events that have none yet, for each enabled webhook of the partner that wants their type. Events
 * are taken in the transaction of their deliveries, so that each has its deliveries exactly once, however many workers do
 * this.
 *
 * @returns how many deliveries were made
 */
export async function fanOut(database: Database): Promise<number> {
  let made = 0;
  for (let taken = eventsAtATime; taken === eventsAtATime;) {
    await database.transaction(async (tx) => {
      const events = await takeNewEvents(tx, eventsAtATime);
      taken = events.length;
      if (taken === 0) return;
      const subscribers = await subscribersOf(tx, [...new Set(events.map(({ partnerId }) => partnerId))]);
      const deliveries = events.flatMap((event) => deliveriesOf(event, subscribers));
      await insertDeliveries(tx, deliveries);
      made += deliveries.length;
    });
  }
  return made;
}

/** Returns the enabled webhooks of partners. They cannot be disabled or deleted before the transaction ends. */
function subscribersOf(tx: Transaction, partnerIds: readonly string[]): Promise<Subscriber[]> {
  return rowsOf<Subscriber>(
    tx,
    `SELECT id, partner_id AS "partnerId", events FROM webhooks WHERE partner_id = ANY($1::uuid[]) AND enabled
     ORDER BY id FOR SHARE`,
    [partnerIds],
  );
}

function deliveriesOf(event: VoiceEvent, subscribers: readonly Subscriber[]): readonly NewDelivery[] {
  const { type, partnerId } = event;
  if (!isWebhookEventType(type)) return [];
  const wanting = subscribers.filter((each) => each.partnerId === partnerId && each.events.includes(type));
  if (wanting.length === 0) return [];
  const data = { voice_id: event.voiceId, name: event.voice, partner: event.partner, ...event.data };
  const payload = messageText(type, event.at, data);
  return wanting.map(({ id }) => ({ webhookId: id, type, payload, createdAt: event.at }));
}
