import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice, details, settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { expect, type Fault } from './fault.js';
import type { Lab } from './lab.js';

/** Reads one URL repeatedly and keeps the answers. */
class Reader {
  readonly statuses: number[] = [];
  private reading = true;
  private readonly done: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly key: string | undefined,
  ) {
    this.done = this.readOn();
  }

  async stop(): Promise<void> {
    this.reading = false;
    await this.done;
  }

  /**
   * Only the status counts. A response that breaks off is allowed, because no client can mistake it for a complete one.
   */
  async read(): Promise<number> {
    const answer = await fetch(this.url, { headers: this.key === undefined ? {} : { 'X-Api-Key': this.key } });
    await answer.arrayBuffer().catch(() => undefined);
    return answer.status;
  }

  private async readOn(): Promise<void> {
    while (this.reading) this.statuses.push(await this.read());
  }
}

const deletedWhileRead: Fault = {
  name: 'voice-deleted-while-read',
  fault: 'a voice deleted while its files are being read',
  passesWhen: 'URLs stop working at once, bytes removed within 60 s, no 5xx',
  round: async (lab) => {
    const partner = await lab.partner();
    await createVoice(partner, 'voice', lab.recordings.minute);
    await settled(partner, 'voice');
    const readers = await readersOf(lab, partner);
    await waitFor('every reader reads', () => readers.every(({ statuses }) => statuses.includes(200)));
    const [row] = await lab.sql<{ id: string }>(
      'SELECT v.id FROM voices v JOIN partners p ON p.id = partner_id WHERE p.name = $1',
      [partner.name],
    );
    const folder = path.join(lab.objects, 'objects/voices', row?.id ?? '');
    expect(existsSync(folder), 'the voice has a folder', folder);

    const deleted = await partner.http.delete(partner.route('voice'));
    expect(deleted.status === 204, 'the voice was deleted', deleted);
    const deletedAt = performance.now();
    const after = await Promise.all(readers.map((reader) => reader.read()));
    expect(
      after.every((status) => status === 403 || status === 404),
      'every URL stops working at once',
      after,
    );
    await waitFor('the bytes are gone', () => !existsSync(folder), { timeoutMs: 60_000 });
    const recoveryMs = Math.round(performance.now() - deletedAt);
    await Promise.all(readers.map((reader) => reader.stop()));
    const wrong = readers.flatMap(({ statuses }) => statuses.filter((status) => status >= 500));
    expect(wrong.length === 0, 'no reader got a 5xx', wrong);
    return { recoveryMs };
  },
};

async function readersOf(lab: Lab, partner: TestPartner): Promise<Reader[]> {
  const { embedding_zip_url: zip, samples, embedding_info: info } = await details(partner, 'voice');
  const at = (route: string): string => `${lab.baseUrl}${partner.route('voice')}/${route}`;
  const test = info?.test_samples[0]?.filename ?? '';
  const withKey = [
    ...samples.map(({ index }) => `samples/${index}`),
    'samples-bundle',
    'export',
    `test-samples/${test}`,
  ];
  return [new Reader(zip ?? '', undefined), ...withKey.map((route) => new Reader(at(route), partner.key))];
}

export const deletionFaults: readonly Fault[] = [deletedWhileRead];
