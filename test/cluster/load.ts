import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess } from '#libs/local-services';
import { forEachLimited } from '#libs/service';
import type { TestPartner } from '../support/shared-stack.js';
import type { Details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import type { Cluster } from './cluster.js';
import type { PatientClient } from './patient-client.js';

export const requestsAtATime = 4;
const downMs = 1_000;

/** The load to run while processes are killed. */
export interface Load {
  readonly cluster: Cluster;
  readonly client: PatientClient;
  readonly partner: TestPartner;
  readonly names: readonly string[];
  readonly form: (name: string) => FormData;
}

/**
 * Kills a process as a failing machine would, and starts it again. Postgres is only restarted, which ends its sessions.
 */
async function strike(victim: ManagedProcess, cluster: Cluster): Promise<void> {
  if (victim === cluster.postgres) {
    await victim.stop();
  } else {
    victim.kill('SIGKILL');
    await victim.ended;
    await sleep(downMs);
  }
  await victim.start();
}

/**
 * Uploads the recordings in one batch per kill, and kills a process during each batch.
 *
 * @returns names of the voices that were accepted
 */
export async function sendWhileKilling(load: Load, victims: readonly ManagedProcess[]): Promise<ReadonlySet<string>> {
  const { cluster, client, partner, names, form } = load;
  const accepted = new Set<string>();
  for (const [round, victim] of victims.entries()) {
    const share = names.length / victims.length;
    const batch = names.slice(Math.round(share * round), Math.round(share * (round + 1)));
    const before = accepted.size;
    const uploads = forEachLimited(batch, requestsAtATime, async (name) => {
      if (await client.create(partner.name, name, () => form(name))) accepted.add(name);
    });
    await Promise.race([
      uploads,
      waitFor('the first accepted upload of the batch', () => accepted.size > before, { everyMs: 5 }),
    ]);
    await Promise.all([uploads, strike(victim, cluster)]);
    console.log(`${victim.name.padEnd(8)} was killed and restarted; ${accepted.size} of ${names.length} accepted`);
  }
  return accepted;
}

/** Waits up to five minutes until no voice is in progress. @returns the voices that are settled by then */
export async function settledVoices(load: Load, accepted: ReadonlySet<string>): Promise<readonly Details[]> {
  const open = new Set(accepted);
  const found: Details[] = [];
  const look = async (): Promise<boolean> => {
    await forEachLimited([...open], requestsAtATime, async (name) => {
      const voice = await load.client.read<Details>(load.partner.route(name));
      if (voice === null || Object.values(voice.status).includes('in_progress')) return;
      open.delete(name);
      found.push(voice);
    });
    return open.size === 0;
  };
  await waitFor('every voice to settle', look, { timeoutMs: 300_000, everyMs: 500 }).catch(() => undefined);
  return found;
}

/** Downloads a sample from every API, and the zip from the embedding's URL. @returns the downloads that failed */
export async function missingDownloads(load: Load, voices: readonly Details[]): Promise<readonly string[]> {
  const missing: string[] = [];
  await forEachLimited(voices, requestsAtATime, async ({ name, embedding_zip_url: zipUrl }) => {
    for (const baseUrl of load.cluster.baseUrls) {
      const url = `${baseUrl}${load.partner.route(name)}/samples/1`;
      const sample = await fetch(url, { headers: { 'X-Api-Key': load.partner.key } });
      const audio = Buffer.from(await sample.arrayBuffer());
      if (audio.subarray(0, 4).toString('latin1') !== 'OggS') missing.push(`${url}: ${sample.status}`);
    }
    const zip = await fetch(zipUrl ?? '');
    await zip.body?.cancel();
    if (zip.status !== 200) missing.push(`embedding of ${name}: ${zip.status}`);
  });
  return missing;
}
