import { afterAll, beforeAll } from '@jest/globals';
import type { AudioTools } from '#libs/audio';
import { audioTools, temporaryFolder } from './audio-measure.js';

/** The tools and the folder of a test file about audio. */
export interface AudioLab {
  /** A temporary folder, removed after the tests. */
  readonly folder: string;
  readonly tools: AudioTools;
}

/** Creates the lab before the tests of the calling file and removes it after them. Use it only inside tests and hooks. */
export function audioLab(): AudioLab {
  let made: AudioLab | undefined;
  let temporary: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
  const lab = (): AudioLab => {
    if (made === undefined) throw new Error('The lab is used before the tests start');
    return made;
  };
  beforeAll(async () => {
    temporary = await temporaryFolder();
    const folder = temporary.path;
    made = { folder, tools: audioTools() };
  });
  afterAll(() => temporary?.remove());
  return {
    get folder() {
      return lab().folder;
    },
    get tools() {
      return lab().tools;
    },
  };
}
