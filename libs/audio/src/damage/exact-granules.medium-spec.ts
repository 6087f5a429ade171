import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { longIt } from '../../../../test/support/test-form.js';
import { wavFacts } from '../../../../test/support/recording-facts.js';
import { encodeCommand } from '../ffmpeg/ffmpeg-command.js';
import { OggOpusReader } from '../ogg/ogg-opus-reader.js';
import { packetSamples } from '../ogg/opus-packet.js';
import { OggOpusWriter, samplesPerSecond } from '../index.js';

const run = promisify(execFile);

const lab = audioLab();

/** The longest accepted recording (default of MAX_RECORDING_SECONDS). */
const longestSeconds = 4 * 3600;

/** 20 ms of silence (RFC 6716, section 3.1: configuration 31, mono, one frame). */
const silence = Uint8Array.of(0xf8, 0xff, 0xfe);

/*
 * Encoding hours would take minutes. A bitstream filter after the encoder counts the packets, and copied packets pass
 * through it like encoded ones. So each page's granule position must be the sum of the packets before it.
 */
longIt('the ffmpeg of this machine writes exact granule positions for four hours', async () => {
  const packetCount = (longestSeconds * samplesPerSecond) / packetSamples;
  const writer = new OggOpusWriter({ preSkip: 312, serial: 1 });
  const pages = [...writer.write(Array.from({ length: packetCount }, () => silence))];
  pages.push(...writer.end(packetCount * packetSamples - 312));
  const [input, output] = [join(lab.folder, 'hours.opus'), join(lab.folder, 'copied.opus')];
  await writeFile(input, Buffer.concat(pages));

  const { outputOptions } = encodeCommand(input, wavFacts);
  const counted = ['-bsf:a', outputOptions[outputOptions.indexOf('-bsf:a') + 1] ?? 'none'];
  const copy = ['-c:a', 'copy', ...counted, '-page_duration', '4000000', '-f', 'ogg', output];
  await run(lab.tools.ffmpeg.path, ['-nostdin', '-v', 'error', '-y', '-i', input, ...copy]);

  const reader = new OggOpusReader(); // throws at the first granule position that is not exact
  expect(reader.push(await readFile(output))).toHaveLength(packetCount);
  expect(reader.granule).toBe(packetCount * packetSamples);
});
