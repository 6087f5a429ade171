import pg from 'pg';
import { waitFor } from '../support/wait-for.js';
import type { TestPartner } from '../support/shared-stack.js';
import { details, type Details } from '../support/voices.js';

const timeoutMs = 900_000;

/**
 * Waits over HTTP, as a client would, until a voice meets a condition.
 *
 * @param everyMs at most a hundredth of the measured time; each poll costs the machine a millisecond or two
 */
export async function voiceIs(
  partner: TestPartner,
  voice: string,
  what: string,
  isSo: (details: Details) => boolean,
  everyMs = 10,
): Promise<void> {
  await waitFor(
    `${voice} ${what}`,
    async () => {
      const seen = await details(partner, voice);
      if (seen.status.splitting === 'failed') throw new Error(`${voice}: ${seen.errors.splitting}`);
      return isSo(seen);
    },
    { everyMs, timeoutMs },
  );
}

export const isSplit = ({ status }: Details): boolean => status.splitting === 'completed';

/** Waits until a statement that returns one number returns the expected one. */
export async function countIs(databaseUrl: string, statement: string, expected: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const look = async (): Promise<boolean> => {
      const { rows } = await client.query<{ n: number }>(statement);
      return rows[0]?.n === expected;
    };
    await waitFor(`${expected} for ${statement}`, look, { everyMs: 100, timeoutMs });
  } finally {
    await client.end();
  }
}
