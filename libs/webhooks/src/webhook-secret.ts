import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** Generates a secret: `whsec_` and 32 random bytes in base64. Standard Webhooks asks for 24 to 64 bytes. */
export const mintSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** What is signed in one attempt. */
export interface SignedMessage {
  readonly id: string;
  readonly payload: string;
  /** One signature for each. */
  readonly secrets: readonly string[];
}

/**
 * Returns the headers of one attempt, as Standard Webhooks defines them.
 *
 * @param sentAtMs time of the attempt: receivers refuse old ones, so that a recorded request cannot be replayed
 */
export function signedHeaders({ id, payload, secrets }: SignedMessage, sentAtMs: number): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(sentAtMs), payload));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAtMs / 1000)),
    'webhook-signature': signatures.join(' '),
  };
}
