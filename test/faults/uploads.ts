import type { TestPartner } from '../support/shared-stack.js';
import { createVoice } from '../support/voices.js';
import { expect } from './fault.js';
import type { Lab } from './lab.js';

/** Creates a voice of a recording, the minute of speech unless told; it has to be taken. */
export async function upload(lab: Lab, partner: TestPartner, voice: string, file?: string): Promise<void> {
  const created = await createVoice(partner, voice, file ?? lab.recordings.minute);
  expect(created.status === 201, `${voice} was taken`, created);
}

/** Names `0`, `1`, … */
export const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at));

/** Creates voices of the shortest recording, two at a time; every one has to be taken. @returns milliseconds of each */
export async function uploadMany(lab: Lab, partner: TestPartner, names: readonly string[]): Promise<number[]> {
  const durations: number[] = [];
  const waiting = [...names];
  const uploader = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const startedAt = performance.now();
      await upload(lab, partner, name, lab.recordings.tiny);
      durations.push(performance.now() - startedAt);
    }
  };
  await Promise.all([uploader(), uploader()]);
  return durations;
}
