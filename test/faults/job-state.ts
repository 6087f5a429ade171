import type { TestPartner } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';
import type { Lab } from './lab.js';

/** Waits until the row of a partner's job meets an SQL condition. Used to time a fault. */
export async function jobIs(
  lab: Lab,
  partner: TestPartner,
  kind: 'split' | 'embed' | 'import',
  condition: string,
  timeoutMs = 20_000,
): Promise<void> {
  const looks = async (): Promise<boolean> => {
    const rows = await lab.sql(
      `SELECT 1 FROM jobs JOIN partners p ON p.id = jobs.partner_id WHERE p.name = $1 AND kind = $2 AND ${condition}`,
      [partner.name, kind],
    );
    return rows.length > 0;
  };
  await waitFor(`a ${kind} job with ${condition}`, looks, { everyMs: 5, timeoutMs });
}
