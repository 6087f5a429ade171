import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { audioToolsOfThisMachine, temporaryFolder } from '../../../test/support/audio-measure.js';
import { wavFacts } from '../../../test/support/recording-facts.js';
import { encodeCommand } from './ffmpeg-command.js';
import { OggOpusReader, OggOpusWriter, packetSamples, samplesPerSecond, type AudioTools } from './index.js';

const run = promisify(execFile);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;

beforeAll(async () => {
  folder = await temporaryFolder();
  tools = await audioToolsOfThisMachine(join(folder.path, 'launchers'));
});
afterAll(() => folder.remove());

/** The longest recording that is taken (MAX_RECORDING_SECONDS unless told). */
const longestSeconds = 4 * 3600;

/** 20 ms of silence (RFC 6716, section 3.1: configuration 31, mono, one frame). */
const silence = Uint8Array.of(0xf8, 0xff, 0xfe);

/*
 * Encoding hours takes minutes. What counts the packets is a filter behind the encoder, and packets that are copied pass
 * it as those that were encoded do: each page's granule position is what the packets before it add up to.
 */
it('the time stamp of every packet up to four hours is exact, with the ffmpeg of this machine', async () => {
  const packetCount = (longestSeconds * samplesPerSecond) / packetSamples;
  const writer = new OggOpusWriter({ preSkip: 312, serial: 1 });
  const pages = [...writer.write(Array.from({ length: packetCount }, () => silence))];
  pages.push(...writer.end(packetCount * packetSamples - 312));
  const [input, output] = [join(folder.path, 'hours.opus'), join(folder.path, 'copied.opus')];
  await writeFile(input, Buffer.concat(pages));

  const { outputOptions } = encodeCommand(input, wavFacts);
  const counted = ['-bsf:a', outputOptions[outputOptions.indexOf('-bsf:a') + 1] ?? 'none'];
  const copy = ['-c:a', 'copy', ...counted, '-page_duration', '4000000', '-f', 'ogg', output];
  await run(tools.ffmpeg.path, ['-nostdin', '-v', 'error', '-y', '-i', input, ...copy]);

  const reader = new OggOpusReader(); // throws at the first granule position that is not exact
  expect(reader.push(await readFile(output))).toHaveLength(packetCount);
  expect(reader.granule).toBe(packetCount * packetSamples);
});
