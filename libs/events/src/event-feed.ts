import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Notifications } from '#libs/database';
import { LOGGER, type Logger } from '#libs/logging';
import { eventsChannel, progressChannel } from './emit-event.js';
import { EventsRepository, hintsAtATime, type Hint, type ReadHints } from './events.repository.js';
import type { Position } from './position.js';

/** Voices of a partner to look at again. */
export interface VoiceChanges {
  readonly updated: ReadonlySet<string>;
  /** Names of deleted voices, by id. They are not in `updated`. */
  readonly deleted: ReadonlyMap<string, string>;
  /** Their jobs have made progress, which only details show. */
  readonly progressed: ReadonlySet<string>;
  /** Where a follower stands that has these changes. */
  readonly position: Position;
}

/** Called with each batch of changes, one after the other. It handles its own failures. */
export type Follower = (changes: VoiceChanges) => Promise<void>;

/** Changes within this time are read together. */
const gatherMs = 50;
/** How often Postgres is asked while notifications do not arrive, and after a failure. */
const pollMs = 1_000;

/**
 * Tells followers of a partner which voices have changed, once the changes are committed. A NOTIFY wakes it; the table says
 * what has happened. It reads only for partners that are followed.
 */
@Injectable()
export class EventFeed implements BeforeApplicationShutdown {
  private readonly followers = new Map<string, Follower>();
  private readonly known = new Map<string, bigint>();
  private progressed = new Map<string, Set<string>>();
  private position: Position | null = null;
  private reading: Promise<unknown> = Promise.resolve();
  private opening: Promise<void> | null = null;
  private delivered: Position | null = null;
  private isDue = false;
  private isRunning = false;
  private isStopped = false;
  private polling: NodeJS.Timeout | undefined;

  constructor(
    private readonly events: EventsRepository,
    private readonly notifications: Notifications,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {
    notifications.listen(eventsChannel, {
      onMessage: (payload) => this.hasFollower(payload.split(' ')[1]) && this.wake(),
      onHearing: () => this.wake(),
    });
    notifications.listen(progressChannel, { onMessage: (payload) => this.noteProgress(payload) });
  }

  /** Where followers stand: they have everything before. null while nobody follows. */
  get place(): Position | null {
    return this.delivered;
  }

  /**
   * Follows a partner's voices. There is one follower for a partner.
   *
   * Everything that is committed after this resolves is told; what is read after it includes all that is not.
   *
   * @returns ends it
   */
  async follow(partnerId: string, follower: Follower): Promise<() => void> {
    this.followers.set(partnerId, follower);
    this.polling ??= setInterval(() => this.notifications.hearing || this.wake(), pollMs).unref();
    const end = (): void => {
      if (this.followers.get(partnerId) === follower) this.followers.delete(partnerId);
      if (this.followers.size === 0) this.rest();
    };
    try {
      // A read that has started does not include this partner.
      await this.reading.catch(() => undefined);
      if (this.position === null) await (this.opening ??= this.open());
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }

  /** Reads which voices have changed since a position that a client kept; null if this is not known any more. */
  async replay(partnerId: string, since: Position): Promise<VoiceChanges | null> {
    const read = await this.events.replay(partnerId, since);
    return read && changesOf(read.hints, new Set(), read.position);
  }

  /** Reads soon, so that {@link place} moves on even if nothing happens. */
  wake(): void {
    this.isDue = true;
    if (!this.isRunning) void this.run();
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
    this.rest();
  }

  private hasFollower(partnerId: string | undefined): boolean {
    return partnerId !== undefined && this.followers.has(partnerId);
  }

  private noteProgress(payload: string): void {
    const [partnerId, voiceId] = payload.split(' ');
    if (partnerId === undefined || voiceId === undefined || !this.followers.has(partnerId)) return;
    this.progressed.set(partnerId, (this.progressed.get(partnerId) ?? new Set()).add(voiceId));
    this.wake();
  }

  private async open(): Promise<void> {
    try {
      this.position = await this.events.position();
      this.delivered = this.position;
    } finally {
      this.opening = null;
    }
    this.wake(); // for what was notified meanwhile
  }

  /** Nobody follows: the next one starts from where Postgres is then. */
  private rest(): void {
    clearInterval(this.polling);
    this.polling = undefined;
    this.position = null;
    this.delivered = null;
    this.known.clear();
    this.progressed.clear();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.isDue && this.position !== null && !this.isStopped) {
      this.isDue = false;
      try {
        const reading = this.read(this.position);
        this.reading = reading;
        const read = await reading;
        this.isDue ||= read.hints.length === hintsAtATime;
        await this.tell(read);
        await sleep(gatherMs, undefined, { ref: false });
      } catch (error) {
        this.logger.warn({ err: error }, 'events not read, retried soon');
        await sleep(pollMs, undefined, { ref: false });
        this.isDue = true;
      }
    }
    this.isRunning = false;
  }

  private async read(from: Position): Promise<ReadHints> {
    const read = await this.events.after({
      partnerIds: [...this.followers.keys()],
      position: from,
      known: [...this.known.keys()],
    });
    // Nobody has followed meanwhile, or somebody does again, from a later position.
    if (this.position !== from) return { hints: [], position: this.position ?? from };
    this.position = read.position;
    const oldest = BigInt(read.position.tx);
    for (const { id, tx } of read.hints) this.known.set(id, BigInt(tx));
    for (const [id, tx] of this.known) if (tx < oldest) this.known.delete(id);
    return read;
  }

  private async tell({ hints, position }: ReadHints): Promise<void> {
    const { progressed } = this;
    this.progressed = new Map();
    const ofPartner = new Map<string, Hint[]>([...progressed.keys()].map((partnerId) => [partnerId, []]));
    for (const hint of hints) {
      const those = ofPartner.get(hint.partnerId);
      if (those === undefined) ofPartner.set(hint.partnerId, [hint]);
      else those.push(hint);
    }
    await Promise.all(
      [...ofPartner].map(async ([partnerId, those]) => {
        const changes = changesOf(those, progressed.get(partnerId) ?? new Set(), position);
        await this.followers.get(partnerId)?.(changes);
      }),
    );
    if (this.position !== null) this.delivered = position;
  }
}

function changesOf(hints: readonly Hint[], progressed: ReadonlySet<string>, position: Position): VoiceChanges {
  const deleted = new Map(
    hints.filter(({ isDeletion }) => isDeletion).map(({ voiceId, voice }) => [voiceId, voice] as const),
  );
  const updated = new Set(hints.map(({ voiceId }) => voiceId).filter((id) => !deleted.has(id)));
  return { updated, deleted, progressed, position };
}
