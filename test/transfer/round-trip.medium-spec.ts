import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withLease } from '#libs/jobs';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { ExportsService, ImportStep, ImportsService } from '#libs/transfer';
import { VoicesService, type VoiceDetails } from '#libs/voices';
import { storedZip } from '../../apps/api/src/files/stored-zip.js';
import { openZip } from '../../apps/api/src/files/zip-content.js';
import { Domain } from '../support/domain.js';
import { voiceKinds, voiceOfKind, type Clip, type VoiceKind } from '../support/kinds-of-voices.js';
import { temporaryFolder } from '../support/services.js';
import { longIt, pickOfForm } from '../support/test-form.js';
import { opusOf } from '../../libs/transfer/test/made-archive.js';

const never = new AbortController().signal;
const folder = temporaryFolder();

/** Two Timbres, each with its own database and storage. */
let [here, there]: Domain[] = [];
beforeAll(async () => {
  [here, there] = await Promise.all([Domain.open(), Domain.open()]);
});
afterAll(async () => {
  await Promise.all([here?.close(), there?.close()]);
  rmSync(folder, { recursive: true });
});

/** Returns the archive of a voice, as the API sends it. */
async function exported(timbre: Domain, voiceId: string): Promise<Buffer> {
  const { files, date } = await timbre.get(ExportsService).plan(voiceId, never);
  const zip = storedZip(files, date);
  const buffers = [Buffer.alloc(65_536), Buffer.alloc(65_536)] as const;
  const options = { signal: never, missing: 'voice_not_found', buffers } as const;
  const range = { start: 0, end: zip.bytes - 1 };
  const pieces: Buffer[] = [];
  for await (const chunk of await openZip(timbre.get<ObjectStorage>(OBJECT_STORAGE), zip, range, options)) {
    pieces.push(Buffer.from(chunk));
  }
  return Buffer.concat(pieces);
}

/** Imports an archive as the API and a worker do. @returns the id of the voice */
async function imported(timbre: Domain, partnerId: string, archive: Buffer): Promise<string> {
  const file = path.join(folder, randomUUID());
  writeFileSync(file, archive);
  const request = { partnerId, name: null, onConflict: 'fail' } as const;
  const { id } = await timbre.get(ImportsService).start(request, { path: file, bytes: archive.length }, never);
  const job = await timbre.claim(id, 'import');
  await withLease(timbre.database, job, never, (work) => timbre.get(ImportStep).run(job, work));
  return id;
}

/** What the details of both voices must have in common. Runs are compared by the archives. */
function compared({ embedding, ...details }: VoiceDetails): object {
  const ids = { id: '', partnerId: '', embeddingZipUrl: null, createdAt: null, updatedAt: null };
  const dates = { originalRemovedAt: details.originalRemovedAt?.toISOString().slice(0, 19) };
  return { ...details, ...ids, ...dates, embedding: embedding && { ...embedding, runId: '', lastUpdateTime: null } };
}

async function makeRoundTrip(kind: VoiceKind, clip: Clip): Promise<void> {
  const [from, to] = [here!, there!];
  const voiceId = await voiceOfKind(from, await from.partner(), kind, clip);
  const archive = await exported(from, voiceId);
  const moved = await imported(to, await to.partner(), archive);
  expect((await exported(to, moved)).equals(archive)).toBe(true);
  const [before, after] = [await from.get(VoicesService).details(voiceId), await to.get(VoicesService).details(moved)];
  expect(compared(after)).toEqual(compared(before));
}

describe('a voice that is exported, imported elsewhere and exported again', () => {
  const seconds = 1.02;
  const clip = { bytes: opusOf(seconds), seconds };
  const kinds = pickOfForm<readonly VoiceKind[]>(['empty', 'of several tts types', 'with consents'], voiceKinds);

  it.each(kinds)('has the same bytes of every entry, and the same details, if it is %s', async (kind) => {
    await makeRoundTrip(kind, clip);
  });

  longIt('has the same bytes if it is one of 50, or has an hour of audio', async () => {
    const { length } = voiceKinds;
    for (let made = 0; made < 50; made += 1) await makeRoundTrip(voiceKinds[made % length] ?? 'empty', clip);
    await makeRoundTrip('embedded', { ...clip, original: { bytes: opusOf(3_600), seconds: 3_600 } });
  });
});
