import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createVoice, settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { expect, type Fault } from './fault.js';
import type { Lab } from './lab.js';

const stuckCount = 1_000;

/** Creates a folder in the place of an object. Not even root can unlink it. @returns the key */
async function stuckObject(objects: string): Promise<string> {
  const key = `voices/${randomUUID()}/uploads/${randomUUID()}`;
  await mkdir(path.join(objects, key), { recursive: true });
  await writeFile(path.join(objects, key, 'inside'), 'x');
  return key;
}

async function voiceId(lab: Lab, name: string): Promise<string> {
  const [row] = await lab.sql<{ id: string }>('SELECT id FROM voices WHERE name = $1', [name]);
  return row?.id ?? '';
}

const stuck: Fault = {
  name: 'erasure-stuck',
  fault: `${stuckCount} objects that cannot be removed, then another voice is deleted`,
  passesWhen: 'its bytes are removed within 60 s of the 204, the stuck objects are logged and removed once possible',
  round: async (lab) => {
    const partner = await lab.partner();
    const objects = path.join(lab.objects, 'objects');
    const name = `healthy-${randomUUID()}`;
    await createVoice(partner, name, lab.recordings.minute);
    await settled(partner, name);
    const folder = path.join(objects, 'voices', await voiceId(lab, name));
    expect(existsSync(folder), 'the voice has a folder', folder);
    const keys = await Promise.all(Array.from({ length: stuckCount }, () => stuckObject(objects)));
    try {
      const due = `INSERT INTO object_removals (target, due_at) SELECT unnest($1::text[]), now() - interval '1 h'`;
      await lab.sql(due, [keys]);
      await waitFor('the failed removals are logged', () =>
        lab.log.lines.some((line) => line.includes('removals failed, retrying later')),
      );
      const deleted = await partner.http.delete(partner.route(name));
      expect(deleted.status === 204, 'the voice was deleted', deleted);
      const deletedAt = performance.now();
      await waitFor('its bytes are gone', () => !existsSync(folder), { timeoutMs: 60_000 });
      const recoveryMs = Math.round(performance.now() - deletedAt);
      await Promise.all(keys.map((key) => rm(path.join(objects, key, 'inside'))));
      await Promise.all(keys.map((key) => rm(path.join(objects, key), { recursive: true, force: true })));
      await lab.sql('UPDATE object_removals SET retry_at = NULL');
      const left = async (): Promise<boolean> =>
        (await lab.sql('SELECT 1 FROM object_removals WHERE target = ANY($1) LIMIT 1', [keys])).length === 0;
      await waitFor('the stuck objects are removed once possible', left, { timeoutMs: 60_000 });
      return { recoveryMs };
    } finally {
      await lab.sql('DELETE FROM object_removals WHERE target = ANY($1)', [keys]);
      for (const key of keys) await rm(path.join(objects, key, '../..'), { recursive: true, force: true });
    }
  },
};

export const erasureFaults: readonly Fault[] = [stuck];
