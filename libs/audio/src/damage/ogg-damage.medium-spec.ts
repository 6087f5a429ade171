import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { makeAudio, speech } from '../../../../test/support/audio-measure.js';
import { convert } from '../../../../test/support/convert.js';

const lab = audioLab();

/** 20 s of Opus in pages of a second, with some bytes changed. */
async function converted(change: (bytes: Buffer, pages: readonly number[]) => Buffer): ReturnType<typeof convert> {
  const path = join(lab.folder, 'whole.ogg');
  await makeAudio(lab.tools, ['-i', speech('en'), '-t', '20', '-c:a', 'libopus', '-page_duration', '1000000', path]);
  const bytes = await readFile(path);
  const pages: number[] = [];
  for (let at = 0; at >= 0; at = bytes.indexOf('OggS', at + 1, 'latin1')) pages.push(at);
  const inputPath = join(lab.folder, 'changed.ogg');
  await writeFile(inputPath, change(bytes, pages));
  return convert({ tools: lab.tools, inputPath, workFolder: lab.folder, sectionSeconds: null });
}

describe('missingAroundPages', () => {
  it('finds nothing in an intact file', async () => {
    const { missing, warnings } = await converted((bytes) => bytes);
    expect([missing, warnings]).toEqual([[], []]);
  });

  it('reports a missing start, not a late one, if the first audio page is damaged', async () => {
    const { missing, warnings } = await converted((bytes, pages) => bytes.fill(0xaa, pages[2]! + 100, pages[2]! + 200));
    expect(missing).toHaveLength(1);
    expect(missing[0]!.atSeconds).toBe(0);
    expect(missing[0]!.seconds).toBeCloseTo(1, 1);
    expect(warnings.map(({ code }) => code)).toEqual(['damaged_recording']);
  });

  it('reports a missing end if the last page is damaged', async () => {
    const { seconds, warnings } = await converted((bytes, pages) => bytes.fill(0, pages.at(-2)));
    expect(seconds).toBeLessThan(19.5);
    expect(warnings.map(({ code }) => code)).toEqual(['cut_off_recording']);
  });

  it('reports a missing end if the file ends within a page', async () => {
    const { warnings } = await converted((bytes, pages) => bytes.subarray(0, pages.at(-2)! - 10));
    expect(warnings.map(({ code }) => code)).toEqual(['cut_off_recording']);
  });
});
