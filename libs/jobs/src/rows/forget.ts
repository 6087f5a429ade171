import type { Database } from '#libs/database';
import { endedStates } from '../job-states.js';
import { inState } from './move-sql.js';

/** Rows deleted by one statement. */
const batch = 1_000;

/** Deletes jobs that ended more than `days` days ago. Their results are named by other rows and stay. */
export async function forgetEndedJobs(database: Database, days: number): Promise<void> {
  for (let count = batch; count === batch;) {
    const forgotten = await database.query(
      `DELETE FROM jobs WHERE id IN (
         SELECT jobs.id FROM jobs
         WHERE ${inState(...endedStates)} AND jobs.finished_at < now() - make_interval(days => $1)
         LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [days, batch],
    );
    count = forgotten.length;
  }
}
