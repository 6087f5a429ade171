import { isAppError } from '#libs/errors';
import { positionText, type VoiceChanges } from '#libs/events';
import { forEachLimited } from '#libs/service';
import type { VoicesService } from '#libs/voices';
import { voiceDetailsDto } from '../voices/voice-details.answers.js';
import { voiceSummaryDto } from '../voices/voice-summary.answers.js';
import { eventText, type EventStream } from './event-stream.js';

/** Voices whose list rows are read with one statement. */
const rowsAtATime = 200;
/** Voices whose details are read at the same time. */
const detailsAtATime = 4;

/** An open stream, and what it shows. */
export interface Subscription {
  readonly stream: EventStream;
  /** The id of its key; null for an admin key, which cannot be revoked. */
  readonly keyId: string | null;
  /** The voice whose details it shows; null for the list rows of all voices. */
  readonly voiceId: string | null;
}

/** What has changed, and where the stream stands that has it; null if that is not known. */
type Changes = Omit<VoiceChanges, 'position'> & { readonly position: VoiceChanges['position'] | null };

/** Voices that have changed since a stream was added: the name of a deleted one, null for another. */
type Missed = Map<string, string | null>;

/**
 * The open streams of one partner. What has changed is read and written once for all of them. A batch of changes is sent
 * before the next one is read, so that no stream shows an older state after a newer one.
 */
export class PartnerStreams {
  /** Streams that get each batch. */
  private readonly live = new Set<Subscription>();
  /** Streams that have not sent their first events yet. */
  private readonly starting = new Map<Subscription, Missed>();

  constructor(
    private readonly voices: Pick<VoicesService, 'details' | 'summaries'>,
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  get all(): readonly Subscription[] {
    return [...this.live, ...this.starting.keys()];
  }

  /** All streams that have everything that was told. */
  get upToDate(): readonly Subscription[] {
    return [...this.live];
  }

  /** Adds a stream. Its changes are kept for {@link start}. */
  add(subscription: Subscription): void {
    this.starting.set(subscription, new Map());
  }

  remove(subscription: Subscription): void {
    this.live.delete(subscription);
    this.starting.delete(subscription);
  }

  /**
   * Sends what has changed before the stream was added, then what has changed meanwhile, as fast as its client reads. Then
   * the stream gets each batch.
   */
  async start(subscription: Subscription, before: VoiceChanges | null): Promise<void> {
    if (before !== null) await this.send([subscription], before, () => subscription.stream.ready());
    const missed = this.starting.get(subscription);
    while (missed !== undefined && missed.size > 0) {
      const changes = changesOf(missed);
      missed.clear();
      await this.send([subscription], changes, () => subscription.stream.ready());
    }
    // It may have been removed meanwhile.
    if (this.starting.delete(subscription)) this.live.add(subscription);
  }

  /** Sends a batch of changes to all streams. A stream that misses a part of it is cut: its client returns for it. */
  readonly tell = async (changes: VoiceChanges): Promise<void> => {
    for (const [subscription, missed] of this.starting) note(missed, subscription, changes);
    const streams = [...this.live];
    try {
      await this.send(streams, changes);
    } catch (error) {
      this.onTrouble(error);
      for (const { stream } of streams) stream.cut();
    }
  };

  private async send(to: readonly Subscription[], changes: Changes, pace?: () => Promise<void>): Promise<void> {
    await this.sendRows(
      to.filter(({ voiceId }) => voiceId === null),
      changes,
      pace,
    );
    await this.sendDetails(to, changes);
  }

  /** The last event of all has the position: a client that was cut off before gets all of them again. */
  private async sendRows(
    to: readonly Subscription[],
    { updated, deleted, position }: Changes,
    pace?: () => Promise<void>,
  ): Promise<void> {
    if (to.length === 0) return;
    const ids = [...updated];
    for (let at = 0; at === 0 || at < ids.length; at += rowsAtATime) {
      const some = ids.slice(at, at + rowsAtATime);
      const rows = some.length === 0 ? [] : await this.voices.summaries(some);
      const events = rows.map((row) => ['voice.updated', voiceSummaryDto(row)] as const);
      const isLast = at + rowsAtATime >= ids.length;
      const deletions = isLast ? [...deleted].map(([id, name]) => ['voice.deleted', { id, name }] as const) : [];
      const all = [...events, ...deletions];
      const id = isLast && position !== null ? positionText(position) : undefined;
      sendTo(
        to,
        all.map(([type, data], index) => eventText(type, data, index === all.length - 1 ? id : undefined)),
      );
      await pace?.();
    }
  }

  private async sendDetails(to: readonly Subscription[], { updated, deleted, progressed }: Changes): Promise<void> {
    const ofVoice = new Map<string, Subscription[]>();
    for (const subscription of to) {
      const { voiceId } = subscription;
      if (voiceId === null || !(updated.has(voiceId) || deleted.has(voiceId) || progressed.has(voiceId))) continue;
      ofVoice.set(voiceId, [...(ofVoice.get(voiceId) ?? []), subscription]);
    }
    await forEachLimited([...ofVoice], detailsAtATime, async ([id, streams]) => {
      const name = deleted.get(id);
      if (name !== undefined) {
        sendTo(streams, [eventText('voice.deleted', { id, name })]);
        for (const { stream } of streams) stream.end();
        return;
      }
      const text = await this.detailsText(id);
      if (text !== null) sendTo(streams, [text]);
    });
  }

  /** Returns null for a voice that was deleted: that is told next. */
  private async detailsText(voiceId: string): Promise<string | null> {
    try {
      return eventText('voice.updated', voiceDetailsDto(await this.voices.details(voiceId)));
    } catch (error) {
      if (isAppError(error, 'voice_not_found')) return null;
      throw error;
    }
  }
}

function sendTo(streams: readonly Subscription[], events: readonly string[]): void {
  if (events.length === 0) return;
  const bytes = Buffer.from(events.join(''));
  for (const { stream } of streams) stream.send(bytes);
}

function note(missed: Missed, { voiceId }: Subscription, { updated, deleted, progressed }: VoiceChanges): void {
  const isShown = (id: string): boolean => voiceId === null || voiceId === id;
  for (const id of updated) if (isShown(id)) missed.set(id, null);
  for (const id of progressed) if (voiceId === id) missed.set(id, missed.get(id) ?? null);
  for (const [id, name] of deleted) if (isShown(id)) missed.set(id, name);
}

function changesOf(missed: Missed): Changes {
  const updated = new Set<string>();
  const deleted = new Map<string, string>();
  for (const [id, name] of missed) {
    if (name === null) updated.add(id);
    else deleted.set(id, name);
  }
  return { updated, deleted, progressed: new Set(), position: null };
}
