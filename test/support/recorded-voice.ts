import { copyFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { SplitStep } from '#libs/samples';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import type { RequestedSplit } from '#libs/voices';
import { temporaryFolder } from './audio-measure.js';
import type { Domain } from './domain.js';

/** Creates a voice whose upload is stored and whose first split is queued. @returns its id */
export async function recordedVoice(domain: Domain, recording: string, split?: RequestedSplit): Promise<string> {
  const voiceId = await domain.uploadedVoice(undefined, {}, split);
  const { upload_key: key } = await domain.row('voices', voiceId);
  const folder = await temporaryFolder();
  try {
    const copy = path.join(folder.path, randomUUID());
    await copyFile(recording, copy);
    await domain
      .get<ObjectStorage>(OBJECT_STORAGE)
      .putFile(String(key), copy, { contentType: 'application/octet-stream' });
  } finally {
    await folder.remove();
  }
  return voiceId;
}

/** Runs the queued split of a voice, as a worker does. */
export async function runSplit(domain: Domain, voiceId: string): Promise<void> {
  const job = await domain.claim(voiceId, 'split');
  await domain.get(SplitStep).run(job, { signal: new AbortController().signal, report: () => undefined });
}
