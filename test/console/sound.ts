import type { Page } from 'playwright-core';
import { waitFor } from '../support/wait-for.js';
import type * as Dom from './dom.js';

const player = (page: Page) => page.getByTestId('player');

export interface Heard {
  /** Seconds from the start of what sounds. */
  readonly time: number;
  readonly isPlaying: boolean;
  /** Root mean square of what leaves the player in this moment, after its level was matched. */
  readonly energy: number;
  readonly url: string;
}

/** Looks at the player, and listens to 50 ms of it. */
export async function listen(page: Page): Promise<Heard> {
  const { time, isPlaying, url } = await player(page).evaluate((audio) => {
    const { currentTime, paused, src } = audio as unknown as Dom.Playable;
    return { time: currentTime, isPlaying: !paused, url: src };
  });
  const energy = await page.evaluate(() => {
    const { timbreAnalyser: analyser } = globalThis as unknown as Dom.Page;
    if (!analyser) return 0;
    const wave = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(wave);
    return Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
  });
  return { time, isPlaying, energy, url };
}

/** Waits until something sounds: the time moves on, and there is energy. @returns what was heard then */
export async function sounds(page: Page): Promise<Heard> {
  const first = await waitFor('something plays', async () => {
    const heard = await listen(page);
    return heard.isPlaying && heard;
  });
  return waitFor('there is sound', async () => {
    const heard = await listen(page);
    return heard.url === first.url && heard.time > first.time && heard.energy > 0.001 && heard;
  });
}

export const isSilent = (page: Page): Promise<unknown> =>
  waitFor('nothing plays', async () => !(await listen(page)).isPlaying);

/** Returns the mean energy of the next second, to compare levels. */
export async function loudness(page: Page): Promise<number> {
  await sounds(page);
  const heard: number[] = [];
  const until = Date.now() + 1000;
  while (Date.now() < until) heard.push((await listen(page)).energy ** 2);
  return Math.sqrt(heard.reduce((sum, power) => sum + power, 0) / heard.length);
}
