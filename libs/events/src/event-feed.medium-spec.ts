import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { withLease } from '#libs/jobs';
import { VoicesService } from '#libs/voices';
import { Domain, required } from '../../../test/support/domain.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { emitEvent } from './emit-event.js';
import { EventFeed, type VoiceChanges } from './event-feed.js';
import { parsePosition, positionText } from './position.js';

describe('EventFeed', () => {
  let domain: Domain;
  let feed: EventFeed;
  let partnerId: string;
  let told: VoiceChanges[];
  let end: () => void;
  beforeAll(async () => {
    domain = await Domain.open();
    feed = domain.get(EventFeed);
  });
  afterAll(() => domain.close());
  beforeEach(async () => {
    partnerId = await domain.partner();
    told = [];
    end = await feed.follow(partnerId, (changes) => Promise.resolve(void told.push(changes)));
  });
  afterEach(() => end());

  const updates = (): string[] => told.flatMap(({ updated }) => [...updated]);
  const untilUpdated = (...voiceIds: readonly string[]): Promise<boolean> =>
    waitFor('the updates', () => voiceIds.every((id) => updates().includes(id)));
  /** A transaction that has changed a voice and not committed yet. */
  const holding = async (voiceId: string): Promise<() => Promise<void>> => {
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    let isWritten = false;
    const transaction = domain.database.transaction(async (tx) => {
      await emitEvent(tx, { type: 'voice.updated', voiceId });
      isWritten = true;
      await held;
    });
    await waitFor('the event', () => isWritten);
    return async () => {
      commit();
      await transaction;
    };
  };

  describe('follow', () => {
    it('tells what happens to the voices of one partner', async () => {
      const other = await domain.emptyVoice();
      const voiceId = await domain.emptyVoice(partnerId);
      await untilUpdated(voiceId);
      await domain.get(VoicesService).remove(voiceId);
      await waitFor('the deletion', () => told.some(({ deleted }) => deleted.get(voiceId) === `voice ${voiceId}`));
      expect(updates()).not.toContain(other);
    });

    it('misses nothing if transactions are committed in another order than their events were written', async () => {
      const [slow, fast] = [await domain.emptyVoice(partnerId), await domain.emptyVoice(partnerId)];
      await untilUpdated(slow, fast);
      told = [];
      const commitSlow = await holding(slow);
      await (
        await holding(fast)
      )();
      await untilUpdated(fast);
      expect(updates()).toEqual([fast]);
      await commitSlow();
      await untilUpdated(slow);
      expect(updates()).toEqual([fast, slow]);
    });

    it('goes on while the connection for notifications is broken', async () => {
      await domain.database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'timbre-notifications'`,
      );
      await untilUpdated(await domain.emptyVoice(partnerId));
    });

    it('tells progress, which is no event', async () => {
      const voiceId = await domain.uploadedVoice(partnerId);
      const job = await domain.claim(voiceId, 'split');
      await withLease(domain.database, job, new AbortController().signal, async (work) => {
        work.report({ stage: 'converting', done: 1, of: 2 });
        await waitFor('progress', () => told.some(({ progressed }) => progressed.has(voiceId)));
      });
      expect(await domain.count('events WHERE voice_id = $1', [voiceId])).toBe(1);
    });
  });

  describe('replay', () => {
    it('returns what a client has missed, and what was not committed when it left', async () => {
      const voices = domain.get(VoicesService);
      const [slow, gone, kept] = await Promise.all([1, 2, 3].map(() => domain.emptyVoice(partnerId)));
      await untilUpdated(required(slow), required(gone), required(kept));
      const commitSlow = await holding(required(slow));
      const last = required(feed.place);
      await commitSlow();
      await voices.remove(required(gone));
      await voices.rename(required(kept), `renamed ${required(kept)}`);
      const changes = required(await feed.replay(partnerId, last));
      expect([...changes.updated].sort()).toEqual([slow, kept].sort());
      expect([...changes.deleted]).toEqual([[gone, `voice ${required(gone)}`]]);
      // Other test files use the same Postgres. What is newer than their oldest open transaction is repeated.
      let { position } = changes;
      await waitFor('nothing more', async () => {
        const more = required(await feed.replay(partnerId, position));
        ({ position } = more);
        return more.updated.size + more.deleted.size === 0;
      });
    });

    it('returns null for a position of which events may be deleted, or of another database', async () => {
      const place = required(feed.place);
      expect(await feed.replay(partnerId, { ...place, seconds: place.seconds - 3 * 86_400 })).toBeNull();
      expect(await feed.replay(partnerId, { ...place, seconds: place.seconds + 3_600 })).toBeNull();
      expect(await feed.replay(partnerId, { ...place, tx: '999999999999' })).toBeNull();
      expect(await feed.replay(partnerId, place)).not.toBeNull();
    });
  });

  it('stands nowhere while nobody follows', () => {
    expect(feed.place).not.toBeNull();
    end();
    expect(feed.place).toBeNull();
  });
});

describe('parsePosition', () => {
  it('reads what positionText wrote, and nothing else', () => {
    const position = { tx: '123456', seconds: 1_796_000_000 };
    expect(parsePosition(positionText(position))).toEqual(position);
    for (const text of ['', '1', '1-', '-1', '1-2-3', 'a-b', ' 1-2', `${'9'.repeat(19)}-1`]) {
      expect(parsePosition(text)).toBeNull();
    }
  });
});
