import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Response } from 'express';
import { Authenticator, type Caller } from '#libs/auth';
import { AppError } from '#libs/errors';
import { EventFeed, parsePosition, positionText, type VoiceChanges } from '#libs/events';
import { LOGGER, type Logger } from '#libs/logging';
import { VoicesService } from '#libs/voices';
import { voiceDetailsDto } from '../voices/voice-details.answers.js';
import { EventStream, eventText } from './event-stream.js';
import { PartnerStreams, type Subscription } from './partner-streams.js';

/** Shorter than the time after which proxies close a quiet connection: 10 s in deploy/nginx/timbre.conf. */
const heartbeatMs = 5_000;
/** A stream whose key was revoked or has expired ends within a second. */
const checkKeysMs = 500;
/** Open streams of a partner in one process. */
const maxStreamsOfPartner = 200;

/** What a request for a stream asks for. */
export interface StreamRequest {
  readonly partnerId: string;
  /** null: all voices of the partner. */
  readonly voiceId: string | null;
  readonly caller: Caller;
  readonly lastEventId: string | undefined;
}

/** The streams of a partner, and what ends the following of its events. */
interface Group {
  readonly streams: PartnerStreams;
  readonly following: Promise<() => void>;
}

/** The first events of a stream. */
interface Start {
  readonly text: string;
  readonly changes: VoiceChanges | null;
}

/** All open streams of this process. */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly groups = new Map<string, Group>();
  private timers: readonly NodeJS.Timeout[] = [];
  private isClosing = false;

  constructor(
    private readonly feed: EventFeed,
    private readonly voices: VoicesService,
    private readonly authenticator: Authenticator,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /**
   * Answers with a stream. Resolves when it is open.
   *
   * @throws AppError `voice_not_found` (deleted meanwhile) | `too_many_streams` | `unavailable`; nothing was answered then
   */
  async open(asked: StreamRequest, response: Response): Promise<void> {
    const { partnerId, voiceId, caller } = asked;
    const group = this.groupOf(partnerId);
    if (group.streams.all.length >= maxStreamsOfPartner) {
      throw AppError.of('too_many_streams', { retryAfterSeconds: heartbeatMs / 1000 });
    }
    const stream = new EventStream(response);
    const subscription = { stream, voiceId, keyId: caller.kind === 'admin' ? null : caller.keyId };
    group.streams.add(subscription);
    void stream.closed.then(() => this.remove(partnerId, group, subscription));
    let start: Start;
    try {
      await group.following;
      start = await this.startOf(asked);
    } catch (error) {
      this.remove(partnerId, group, subscription);
      throw error;
    }
    stream.open();
    stream.send(Buffer.from(start.text));
    if (this.isClosing) stream.end();
    await group.streams.start(subscription, start.changes).catch((error: unknown) => {
      this.warn(error);
      stream.cut();
    });
  }

  /** Ends all streams, so that their clients reconnect to another process. New ones end at once. */
  close(): void {
    this.isClosing = true;
    for (const { stream } of this.all()) stream.end();
  }

  beforeApplicationShutdown(): void {
    this.close();
  }

  /** The stream of a voice starts with its details; that of a partner with what has changed since the last event. */
  private async startOf({ partnerId, voiceId, lastEventId }: StreamRequest): Promise<Start> {
    if (voiceId !== null) {
      return { text: eventText('voice.updated', voiceDetailsDto(await this.voices.details(voiceId))), changes: null };
    }
    const heartbeat = this.heartbeat();
    if (lastEventId === undefined || lastEventId === '') return { text: heartbeat, changes: null };
    const since = parsePosition(lastEventId);
    const changes = since && (await this.feed.replay(partnerId, since));
    if (changes === null) return { text: eventText('reset', {}) + heartbeat, changes };
    // Not the heartbeat: its id would say that the client has these changes already.
    return { text: '', changes };
  }

  private groupOf(partnerId: string): Group {
    const known = this.groups.get(partnerId);
    if (known !== undefined) return known;
    const streams = new PartnerStreams(this.voices, (error) => this.warn(error));
    const group = { streams, following: this.feed.follow(partnerId, streams.tell) };
    group.following.catch(() => undefined); // each stream that waits for it reports its failure
    this.groups.set(partnerId, group);
    if (this.timers.length === 0) {
      this.timers = [
        setInterval(() => this.beat(), heartbeatMs).unref(),
        setInterval(() => void this.checkKeys(), checkKeysMs).unref(),
      ];
    }
    return group;
  }

  private remove(partnerId: string, group: Group, subscription: Subscription): void {
    group.streams.remove(subscription);
    if (group.streams.all.length > 0 || this.groups.get(partnerId) !== group) return;
    this.groups.delete(partnerId);
    void group.following.then(
      (end) => end(),
      () => undefined,
    );
    if (this.groups.size > 0) return;
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
  }

  /** Where the client stands, in an event that tells it that the stream is alive. */
  private heartbeat(): string {
    const { place } = this.feed;
    return eventText('heartbeat', {}, place === null ? undefined : positionText(place));
  }

  private beat(): void {
    const [ofPartner, ofVoice] = [Buffer.from(this.heartbeat()), Buffer.from(eventText('heartbeat', {}))];
    for (const { streams } of this.groups.values()) {
      for (const { stream, voiceId } of streams.upToDate) stream.send(voiceId === null ? ofPartner : ofVoice);
    }
    this.feed.wake(); // so that the place of the next heartbeat is not an old one
  }

  /** Ends the streams of keys that are not valid any more. If Postgres is unreachable, no key can be revoked either. */
  private async checkKeys(): Promise<void> {
    const ids = [...new Set(this.all().flatMap(({ keyId }) => keyId ?? []))];
    if (ids.length === 0) return;
    const valid = await this.authenticator.validOf(ids).catch(() => null);
    if (valid === null) return;
    const ended = new Set(ids.filter((id) => !valid.has(id)));
    for (const { stream, keyId } of this.all()) if (keyId !== null && ended.has(keyId)) stream.end();
  }

  private all(): readonly Subscription[] {
    return [...this.groups.values()].flatMap(({ streams }) => streams.all);
  }

  private warn(error: unknown): void {
    this.logger.warn({ err: error }, 'events not sent, streams cut');
  }
}
