import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { keepDays } from './new-events.js';
import type { Position } from './position.js';

/** An event that says which voice to look at again. */
export interface Hint {
  readonly id: string;
  readonly isDeletion: boolean;
  readonly partnerId: string;
  readonly voiceId: string;
  /** The name at that time. */
  readonly voice: string;
  readonly tx: string;
}

/** Hints, and where a reader stands that has them. */
export interface ReadHints {
  readonly hints: readonly Hint[];
  readonly position: Position;
}

export interface HintsAfter {
  readonly partnerIds: readonly string[];
  readonly position: Position;
  /** Ids of hints that the reader has from transactions that are not before its position. */
  readonly known: readonly string[];
}

/** What one read returns at most. */
export const hintsAtATime = 5_000;

/** Earlier than events are deleted, so that none is missed. */
const replaySeconds = keepDays * 86_400 - 3_600;

const here = `pg_snapshot_xmin(now.snapshot)::text AS "oldestTx", floor(extract(epoch FROM now()))::int8::text AS seconds`;
const now = '(SELECT pg_current_snapshot() AS snapshot) now';
const isHint = `type IN ('voice.updated', 'voice.deleted')`;

interface Here {
  readonly oldestTx: string;
  readonly seconds: string;
}

/** Reads events for those who show the current state of voices. */
@Injectable()
export class EventsRepository {
  constructor(private readonly database: Database) {}

  /** Returns where a reader stands that has everything. */
  async position(): Promise<Position> {
    const [row] = await this.database.query<Here>(`SELECT ${here} FROM ${now}`);
    return positionOf(row);
  }

  /** Reads what was committed since the position, those of a voice in their order. */
  async after({ partnerIds, position, known }: HintsAfter): Promise<ReadHints> {
    const rows = await this.database.query<Here & { readonly hint: Hint | null }>(
      `SELECT ${here}, hint FROM ${now} LEFT JOIN LATERAL (
         SELECT json_build_object('id', id::text, 'isDeletion', type = 'voice.deleted', 'partnerId', partner_id,
           'voiceId', voice_id, 'voice', voice, 'tx', tx::text) AS hint
         FROM events WHERE partner_id = ANY($1::uuid[]) AND tx >= $2::bigint AND ${isHint} AND id <> ALL($3::bigint[])
         ORDER BY tx, id LIMIT ${hintsAtATime}
       ) hints ON true`,
      [partnerIds, position.tx, known],
    );
    const hints = rows.flatMap(({ hint }) => (hint === null ? [] : [hint]));
    const end = positionOf(rows[0]);
    // Where more was left to read, the next read goes on from there.
    const last = hints.length < hintsAtATime ? undefined : hints.at(-1);
    return { hints, position: last === undefined ? end : { ...end, tx: last.tx } };
  }

  /**
   * Reads which voices of a partner have changed since a position that a client kept.
   *
   * @returns null if events since then may be deleted already, or the position is not one of this database
   */
  async replay(partnerId: string, since: Position): Promise<ReadHints | null> {
    const rows = await this.database.query<Here & { readonly isKnown: boolean; readonly hint: Hint | null }>(
      `SELECT ${here}, hint,
         $2::bigint <= pg_snapshot_xmax(now.snapshot)::text::bigint
           AND $3::bigint BETWEEN extract(epoch FROM now()) - ${replaySeconds} AND extract(epoch FROM now()) AS "isKnown"
       FROM ${now} LEFT JOIN LATERAL (
         SELECT json_build_object('id', id::text, 'isDeletion', type = 'voice.deleted', 'partnerId', partner_id,
           'voiceId', voice_id, 'voice', voice, 'tx', tx::text) AS hint
         FROM (
           SELECT DISTINCT ON (voice_id) id, type, partner_id, voice_id, voice, tx FROM events WHERE partner_id = $1 AND tx >= $2::bigint AND ${isHint}
           ORDER BY voice_id, id DESC
         ) last
       ) hints ON true`,
      [partnerId, since.tx, since.seconds],
    );
    if (rows[0]?.isKnown !== true) return null;
    return { hints: rows.flatMap(({ hint }) => (hint === null ? [] : [hint])), position: positionOf(rows[0]) };
  }
}

function positionOf(row: Here | undefined): Position {
  if (row === undefined) throw new Error('Postgres returned no position');
  return { tx: row.oldestTx, seconds: Number(row.seconds) };
}
