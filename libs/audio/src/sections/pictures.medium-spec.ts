import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { withCoverBomb } from '../../../../test/fixtures/cover-bomb.js';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { makeAudio, speech } from '../../../../test/support/audio-measure.js';
import { convert } from '../../../../test/support/convert.js';
import { rowsOfForm } from '../../../../test/support/test-form.js';
import { probeArguments } from '../ffmpeg/ffmpeg-command.js';
import { probeLimits } from '../ffmpeg/limits.js';
import { runFfprobe } from '../ffmpeg/run-ffprobe.js';

const lab = audioLab();

async function made(name: string, ...options: readonly string[]): Promise<string> {
  const path = join(lab.folder, name);
  await makeAudio(lab.tools, [...options, path]);
  return path;
}

const audio = ['-t', '6', '-i', speech('en')];
const video = ['-f', 'lavfi', '-t', '6', '-i', 'testsrc=size=320x240:rate=10'];
const converted = (inputPath: string) =>
  convert({ tools: lab.tools, inputPath, workFolder: lab.folder, sectionSeconds: null });

describe('a recording with a cover', () => {
  it('gives the same result and uses no more memory, even if the cover would fill the memory', async () => {
    const plain = await made('plain.mp3', ...audio);
    const bomb = join(lab.folder, 'bomb.mp3');
    await writeFile(bomb, withCoverBomb(await readFile(plain)));
    const limits = { ...probeLimits, memoryBytes: 120_000_000 };
    const { exit } = await runFfprobe(probeArguments(bomb), { tools: lab.tools, limits, workFolder: lab.folder });
    expect(exit).toMatchObject({ code: 0 });
    const [expected, found] = [await converted(plain), await converted(bomb)];
    expect(found.facts).toEqual(expected.facts);
    expect(found.ogg.equals(expected.ogg)).toBe(true);
    expect(found).toMatchObject({ missing: [], warnings: [] });
  });

  const covered = [
    ['mp3', ['-id3v2_version', '3']],
    ['m4a', ['-c:a', 'aac', '-disposition:v', 'attached_pic']],
    ['flac', ['-disposition:v', 'attached_pic']],
  ] as const;
  it.each(rowsOfForm(covered, ['m4a']))('is encoded without it (%s)', async (extension, options) => {
    const cover = await made('cover.png', '-f', 'lavfi', '-i', 'testsrc=size=200x200', '-frames:v', '1');
    const maps = ['-map', '0:a', '-map', '1:v', '-c:v', 'copy'];
    const { seconds, missing } = await converted(
      await made(`covered.${extension}`, ...audio, '-i', cover, ...maps, ...options),
    );
    expect(Math.abs(seconds - 6)).toBeLessThan(0.1);
    expect(missing).toEqual([]);
  });
});

describe('a video', () => {
  const videos = [
    ['h264.mp4', 'aac', ['-c:v', 'libx264', '-c:a', 'aac']],
    ['h264.mkv', 'opus', ['-c:v', 'libx264', '-c:a', 'libopus']],
    ['vp9.webm', 'opus', ['-c:v', 'libvpx-vp9', '-c:a', 'libopus']],
    ['mpeg4.avi', 'mp3', ['-c:v', 'mpeg4', '-c:a', 'libmp3lame']],
    // Its decoder needs the size of the picture as soon as it is opened.
    ['msmpeg4.avi', 'mp3', ['-c:v', 'msmpeg4', '-c:a', 'libmp3lame']],
    ['wmv2.wmv', 'wmav2', ['-c:v', 'wmv2', '-c:a', 'wmav2']],
    ['flv1.flv', 'mp3', ['-c:v', 'flv1', '-ar', '44100', '-c:a', 'libmp3lame']],
    ['mjpeg.mov', 'pcm_s16le', ['-c:v', 'mjpeg', '-c:a', 'pcm_s16le']],
  ] as const;
  it.each(rowsOfForm(videos, ['h264.mp4', 'msmpeg4.avi']))(
    '%s is encoded without its pictures',
    async (name, codecName, options) => {
      const { facts, seconds, missing } = await converted(await made(name, ...video, ...audio, ...options));
      expect(facts).toMatchObject({ codecName, trackCount: 1, isHeard: true });
      expect(Math.abs(seconds - 6)).toBeLessThan(0.1);
      expect(missing).toEqual([]);
    },
  );
});
