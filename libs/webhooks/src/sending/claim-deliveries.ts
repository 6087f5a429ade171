import type { Database } from '#libs/database';

/** A delivery that this process attempts now. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly partnerId: string;
  readonly type: string;
  readonly payload: string;
  readonly url: string;
  /** The current secret, and the one before it while it also signs. */
  readonly secrets: readonly string[];
  /** Number of this attempt. Identifies the claim. */
  readonly attempts: number;
}

export interface ClaimOptions {
  /** Attempts under way in this process, by partner. */
  readonly busy: ReadonlyMap<string, number>;
  /** Attempts at a time for one partner. */
  readonly perPartner: number;
  readonly limit: number;
  readonly leaseSeconds: number;
}

/** Rows that a claim looks at. Partners that are at their limit are not among them. */
const looksAt = 500;

/**
 * Claims deliveries that are due, the oldest first; partners take turns. Nobody else claims them until the lease ends, so
 * a process that dies loses none: they are due again then.
 */
export function claimDeliveries(database: Database, options: ClaimOptions): Promise<ClaimedDelivery[]> {
  const isDue = `d.status = 'pending' AND d.due_at <= now() AND (d.leased_until IS NULL OR d.leased_until < now())`;
  return database.query<ClaimedDelivery>(
    `WITH due AS (
       SELECT d.id, d.due_at, w.partner_id, coalesce(b.running, 0) AS running
       FROM webhook_deliveries d
       JOIN webhooks w ON w.id = d.webhook_id
       LEFT JOIN unnest($1::uuid[], $2::integer[]) AS b (partner_id, running) ON b.partner_id = w.partner_id
       WHERE ${isDue} AND w.enabled AND coalesce(b.running, 0) < $3
       ORDER BY d.due_at LIMIT ${looksAt}
     ), ranked AS (
       SELECT id, due_at, running + row_number() OVER (PARTITION BY partner_id ORDER BY due_at, id) AS turn FROM due
     ), chosen AS (
       SELECT d.id FROM webhook_deliveries d JOIN ranked r ON r.id = d.id
       WHERE r.turn <= $3 AND ${isDue}
       ORDER BY r.turn, r.due_at LIMIT $4
       FOR UPDATE OF d SKIP LOCKED
     )
     UPDATE webhook_deliveries d
     SET attempts = d.attempts + 1, attempted_at = now(), leased_until = now() + make_interval(secs => $5)
     FROM chosen, webhooks w
     WHERE d.id = chosen.id AND w.id = d.webhook_id
     RETURNING d.id, d.webhook_id AS "webhookId", w.partner_id AS "partnerId", d.type, d.payload, d.attempts, w.url,
       array_remove(ARRAY[w.secret, CASE WHEN w.previous_secret_until > now() THEN w.previous_secret END], NULL)
         AS secrets`,
    [[...options.busy.keys()], [...options.busy.values()], options.perPartner, options.limit, options.leaseSeconds],
  );
}
