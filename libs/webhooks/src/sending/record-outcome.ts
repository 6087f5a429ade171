import { rowsOf, type Database, type Transaction } from '#libs/database';
import { failPending } from '../delivery-rows.js';
import { testType } from '../message.js';
import { retryAfterSeconds } from '../retry-plan.js';
import type { ClaimedDelivery } from './claim-deliveries.js';
import type { Attempt } from './webhook-sender.js';

/** The outcome of an attempt, as metrics count it. */
export type AttemptOutcome = 'delivered' | 'refused' | Exclude<Attempt['kind'], 'answered'>;

export const outcomeOf = (attempt: Attempt): AttemptOutcome => {
  if (attempt.kind !== 'answered') return attempt.kind;
  return attempt.status >= 200 && attempt.status < 300 ? 'delivered' : 'refused';
};

/** An endpoint that fails for so long is disabled. */
const failingDays = 5;

/** Its receiver wants no more messages (Standard Webhooks, "Status codes"). */
const gone = 410;

/**
 * Records what came of an attempt. Changes nothing if the claim was lost, if the webhook was disabled, or if it is gone.
 *
 * @returns why the webhook was disabled; null if it was not
 */
export async function recordOutcome(
  database: Database,
  claim: Pick<ClaimedDelivery, 'id' | 'webhookId' | 'attempts' | 'type'>,
  attempt: Attempt,
): Promise<string | null> {
  return database.transaction(async (tx) => {
    // The webhook first, as everywhere: otherwise its deletion and this could deadlock.
    const [webhook] = await rowsOf(tx, 'SELECT FROM webhooks WHERE id = $1 FOR NO KEY UPDATE', [claim.webhookId]);
    if (webhook === undefined) return null;
    return outcomeOf(attempt) === 'delivered' ? recordSuccess(tx, claim, attempt) : recordFailure(tx, claim, attempt);
  });
}

/** Gives a delivery back whose attempt was not finished, so that another process attempts it at once. */
export async function handBack(database: Database, claim: Pick<ClaimedDelivery, 'id' | 'attempts'>): Promise<void> {
  await database.query(
    `UPDATE webhook_deliveries SET leased_until = NULL WHERE id = $1 AND attempts = $2 AND status = 'pending'`,
    [claim.id, claim.attempts],
  );
}

type Claim = Parameters<typeof recordOutcome>[1];

async function recordSuccess(tx: Transaction, claim: Claim, attempt: Attempt): Promise<null> {
  const [row] = await rowsOf(
    tx,
    `UPDATE webhook_deliveries SET ${answered}, status = 'delivered', finished_at = now()
     WHERE ${isOwned} RETURNING id`,
    answerOf(claim, attempt),
  );
  if (row !== undefined) {
    await rowsOf(tx, 'UPDATE webhooks SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL', [
      claim.webhookId,
    ]);
  }
  return null;
}

async function recordFailure(tx: Transaction, claim: Claim, attempt: Attempt): Promise<string | null> {
  const [row] = await rowsOf<{ failures: number }>(
    tx,
    `UPDATE webhook_deliveries SET ${answered}, failures = failures + 1 WHERE ${isOwned} RETURNING failures`,
    answerOf(claim, attempt),
  );
  if (row === undefined) return null;
  const isTest = claim.type === testType;
  const delay = isTest ? null : retryAfterSeconds(row.failures, Math.random());
  await rowsOf(
    tx,
    `UPDATE webhook_deliveries
     SET due_at = CASE WHEN $2::float8 IS NULL THEN due_at ELSE now() + make_interval(secs => $2) END,
       status = CASE WHEN $2::float8 IS NULL THEN 'failed' ELSE 'pending' END,
       finished_at = CASE WHEN $2::float8 IS NULL THEN now() END
     WHERE id = $1`,
    [claim.id, delay],
  );
  return isTest ? null : countFailure(tx, claim.webhookId, attempt);
}

/** Remembers since when a webhook fails, and disables it when that is long ago. */
async function countFailure(tx: Transaction, webhookId: string, attempt: Attempt): Promise<string | null> {
  const [webhook] = await rowsOf<{ isLong: boolean; enabled: boolean }>(
    tx,
    `UPDATE webhooks SET failing_since = coalesce(failing_since, now()) WHERE id = $1
     RETURNING failing_since < now() - make_interval(days => $2) AS "isLong", enabled`,
    [webhookId, failingDays],
  );
  const isGone = attempt.kind === 'answered' && attempt.status === gone;
  if (webhook?.enabled !== true || !(isGone || webhook.isLong)) return null;
  const reason = isGone
    ? 'The endpoint answered 410 (Gone)'
    : `No attempt was successful for ${failingDays} days. The last one: ${errorOf(attempt) ?? ''}`;
  await rowsOf(tx, 'UPDATE webhooks SET enabled = false, disabled_reason = $2, updated_at = now() WHERE id = $1', [
    webhookId,
    reason,
  ]);
  await failPending(tx, webhookId);
  return reason;
}

const answered = 'leased_until = NULL, response_status = $3, response_body = $4, error = $5';
const isOwned = `id = $1 AND attempts = $2 AND status = 'pending'`;

function answerOf(claim: Claim, attempt: Attempt): unknown[] {
  const answer = attempt.kind === 'answered' ? attempt : null;
  return [claim.id, claim.attempts, answer?.status ?? null, answer?.body ?? null, errorOf(attempt)];
}

/** Says in one sentence why an attempt failed; null if it did not. */
export function errorOf(attempt: Attempt): string | null {
  if (attempt.kind !== 'answered') return attempt.error;
  if (outcomeOf(attempt) === 'delivered') return null;
  const isRedirect = attempt.status >= 300 && attempt.status < 400;
  return `The endpoint answered ${attempt.status}${isRedirect ? ', and redirects are not followed' : ''}`;
}
