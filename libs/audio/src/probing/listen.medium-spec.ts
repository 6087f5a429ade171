import { expect, it } from '@jest/globals';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { audioTools, needsSameMemory, speech } from '../../../../test/support/audio-measure.js';
import { flacFacts } from '../../../../test/support/recording-facts.js';
import { probeLimits } from '../ffmpeg/limits.js';
import { listen, stretchesOf } from './listen.js';

const lab = audioLab();

const heard = { plan: flacFacts, channels: 1, sampleRate: 16_000 };
const secondsHeard = async (memoryBytes: number): Promise<number> => {
  const run = { tools: lab.tools, limits: { ...probeLimits, memoryBytes }, workFolder: lab.folder };
  return (await listen(speech('en'), heard, { stretches: stretchesOf(75) }, run)).seconds;
};

it('listen decodes all stretches', async () => {
  expect(await secondsHeard(probeLimits.memoryBytes)).toBe(24);
});

const itOfMemory = needsSameMemory(audioTools()) ? it : it.skip;

itOfMemory('listen decodes all stretches, even if memory suffices for only a few at a time', async () => {
  // Debian's ffmpeg 5.1 needs 68 MB for all 24; 41 MB for one.
  expect(await secondsHeard(60_000_000)).toBe(24);
});
