import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { makeHostileFiles, type HostileFile } from '../fixtures/make-hostile.js';
import { makeAudio } from '../support/audio-measure.js';
import type { TestPartner } from '../support/shared-stack.js';
import { bytesOf, createVoice, details } from '../support/voices.js';
import { allSettled, expectNoOrphans } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import type { Lab, LabOptions } from './lab.js';

/** A low limit on the length of recordings, so that a decompression bomb exceeds it soon. */
const hostileLab: LabOptions = { env: { MAX_RECORDING_SECONDS: '300' } };

const marker = 'BYTES-OF-A-NEIGHBOUR';

const corpus: Fault = {
  name: 'hostile-audio',
  fault: 'corpus of hostile audio',
  passesWhen: 'every file refused or converted within limits; 0 foreign bytes in any output; 0 connections',
  lab: hostileLab,
  longSeconds: 150,
  round: async (lab) => {
    const listener = await Listener.start();
    try {
      const files = await corpusFor(lab, listener.port);
      const partner = await lab.partner();
      const taken: string[] = [];
      for (const file of files) if (await isTaken(lab, partner, file)) taken.push(path.basename(file.path));
      const recoveryMs = await allSettled(lab, partner, 240_000);
      await expectNoOrphans(lab);
      const converted = await expectOwnBytesOnly(partner, taken);
      for (const { path: file } of files.filter(({ may }) => may === 'refuse')) {
        expect(!converted.includes(path.basename(file)), `${path.basename(file)} produced no sample`);
      }
      expect(listener.connections === 0, 'nothing connected to the listener', listener.connections);
      await expectNothingLeft(lab);
      const note = `${files.length} files: ${files.length - taken.length} refused on upload, ${converted.length} converted`;
      return { recoveryMs, note };
    } finally {
      listener.stop();
    }
  },
};

async function corpusFor(lab: Lab, port: number): Promise<HostileFile[]> {
  const folder = path.join(lab.dataDir, 'hostile');
  await mkdir(folder, { recursive: true });
  const neighbour = path.join(folder, 'neighbour.wav');
  await makeAudio(lab.tools, ['-f', 'lavfi', '-i', 'sine=frequency=3000', '-t', '5', neighbour]);
  await writeFile(neighbour, Buffer.concat([await readFile(neighbour), Buffer.from(marker)]));
  return makeHostileFiles(lab.tools, folder, lab.recordings.tiny, { neighbour, port });
}

async function isTaken(lab: Lab, partner: TestPartner, file: HostileFile): Promise<boolean> {
  const name = path.basename(file.path);
  const startedAt = performance.now();
  const { status, body } = await createVoice(partner, name, file.path);
  const tookMs = performance.now() - startedAt;
  expect(status === 201 || status === 422, `${name} is accepted, or refused with an error message`, { status, body });
  expect(tookMs < 40_000, `${name} is answered within limits`, tookMs);
  expect(lab.api.pid !== undefined && lab.worker.pid !== undefined, `${name} crashes no process`);
  return status === 201;
}

/** Checks all output that was made from the files. @returns the voices that have samples */
async function expectOwnBytesOnly(partner: TestPartner, voices: readonly string[]): Promise<string[]> {
  const converted: string[] = [];
  for (const voice of voices) {
    const shown = await details(partner, voice);
    expect(!JSON.stringify(shown).includes('root:'), `${voice} shows nothing of other files`, shown);
    if (shown.samples.length > 0) converted.push(voice);
    if (shown.status.splitting === 'failed') expect(shown.errors.splitting !== null, `${voice} says why it failed`);
    for (const { index } of shown.samples) {
      const bytes = await bytesOf(partner, `${partner.route(voice)}/samples/${index}`);
      expect(!bytes.includes(marker) && !bytes.includes('root:x:0'), `${voice} holds no foreign bytes`);
    }
  }
  return converted;
}

/** Counts connections. */
class Listener {
  connections = 0;
  private readonly server = createServer((socket) => {
    this.connections += 1;
    socket.destroy();
  });

  static async start(): Promise<Listener> {
    const listener = new Listener();
    listener.server.listen(0, '127.0.0.1');
    await once(listener.server, 'listening');
    return listener;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.close();
  }
}

export const hostileFaults: readonly Fault[] = [corpus];
