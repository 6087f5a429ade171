import type { TestPartner } from '../support/shared-stack.js';
import { createVoice } from '../support/voices.js';
import { expect } from './fault.js';
import type { Lab } from './lab.js';

/** Creates a voice with a recording (default: the minute of speech) and expects that it is accepted. */
export async function upload(
  lab: Lab,
  partner: TestPartner,
  voice: string,
  file?: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<void> {
  const created = await createVoice(partner, voice, file ?? lab.recordings.minute, fields);
  expect(created.status === 201, `${voice} was accepted`, created);
}

/** Returns the names `0`, `1`, … */
export const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at));

/** Creates voices with the shortest recording, two at a time. @returns the time of each upload, in milliseconds */
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
