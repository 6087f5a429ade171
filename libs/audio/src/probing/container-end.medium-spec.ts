import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { containers, makeEveryWhole, makeWhole } from '../../../../test/fixtures/containers.js';
import { readContainerFacts } from './container-facts.js';

const lab = audioLab();

/** ffmpeg reads these to the end of the file, so that both recordings are decoded. */
const readToTheEnd = new Set([
  'au',
  'mp3',
  'mp2',
  'aac',
  'ac3',
  'eac3',
  'amr',
  'flac',
  'ogg',
  'opus',
  'avi',
  'ts',
  'mkv',
  'webm',
]);

describe('bytesBehindEnd', () => {
  beforeAll(() => makeEveryWhole(lab.tools, lab.folder, containers, ['first', 'second'], 6));

  it.each(containers.map((container) => [container.name, container] as const))(
    'finds a second recording appended in %s, which ffmpeg does not read',
    async (name, container) => {
      const [first, second] = [
        await makeWhole(lab.tools, lab.folder, container, 'first'),
        await makeWhole(lab.tools, lab.folder, container, 'second'),
      ];
      expect((await readContainerFacts(first)).bytesBehindEnd).toBe(0);
      const both = join(lab.folder, `both.${name}`);
      await writeFile(both, Buffer.concat([await readFile(first), await readFile(second)]));
      const behind = (await readContainerFacts(both)).bytesBehindEnd;
      if (readToTheEnd.has(container.extension)) {
        expect(behind).toBe(0);
      } else {
        const { size } = await stat(second);
        expect(behind).toBeGreaterThanOrEqual(size);
        expect(behind).toBeLessThan(size + 256); // an end mark, a tag
      }
    },
  );

  it('finds the bytes after an end mark that damage has made', async () => {
    const voc = containers.find(({ name }) => name === 'voc')!;
    const bytes = await readFile(await makeWhole(lab.tools, lab.folder, voc, 'first'));
    const damaged = join(lab.folder, 'zeroed.voc');
    const from = Math.round(bytes.length / 4);
    await writeFile(damaged, Buffer.from(bytes).fill(0, from, from + 30_000));
    expect((await readContainerFacts(damaged)).bytesBehindEnd).toBeGreaterThan(bytes.length - from - 30_000);
    expect((await readContainerFacts(damaged)).bytesBehindEnd).toBeLessThanOrEqual(bytes.length - from);
  });

  it.each([
    ['a RIFF header alone', Buffer.from('RIFF\0\0\0\0WAVE')],
    ['lengths of 0', Buffer.concat([Buffer.from('riff'), Buffer.alloc(10_000)])],
    ['a table longer than the file', Buffer.concat([Buffer.from('TTA1'), Buffer.alloc(10_000, 0xff)])],
    ['other bytes', Buffer.alloc(10_000, 7)],
  ])('returns 0 for %s', async (name, bytes) => {
    const file = join(lab.folder, name);
    await writeFile(file, bytes);
    expect((await readContainerFacts(file)).bytesBehindEnd).toBe(0);
  });
});
