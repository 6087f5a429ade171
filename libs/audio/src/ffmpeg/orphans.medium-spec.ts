import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { audioTools, makeAudio, temporaryFolder } from '../../../../test/support/audio-measure.js';
import { processesNaming } from '../../../../test/support/running-processes.js';
import { waitFor } from '../../../../test/support/wait-for.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let inputPath: string;

/** Starts an encoding, prints a line after the first output, and reads no more of it. */
const program = `
import { findAudioTools, recordingLimits } from '${new URL('../index.js', import.meta.url).href}';
import { encodeOpus } from '${new URL('./encode-opus.js', import.meta.url).href}';
import { launcherScript, writeLauncher } from '${new URL('./launcher.js', import.meta.url).href}';

const [launcherFolder, inputPath, helpers] = process.argv.slice(2);
const tools = await findAudioTools({ searchPath: process.env.PATH ?? '', launcherFolder });
const bare = await writeLauncher(launcherFolder, 'bare', launcherScript(tools.ffmpeg.path, '/usr/bin:/bin', []));
const ffmpeg = helpers === 'with' ? tools.ffmpeg : { ...tools.ffmpeg, launcher: bare };
const encoding = await encodeOpus({
  tools: { ...tools, ffmpeg }, inputPath, workFolder: launcherFolder, limits: recordingLimits(3600),
  facts: { track: 0, channel: null, ignoresStatedLength: false, formatName: 'wav', codecName: 'pcm_s16le' },
});
await encoding.batches[Symbol.asyncIterator]().next();
console.log('encoding');
setInterval(() => undefined, 1000);
`;

beforeAll(async () => {
  folder = await temporaryFolder();
  inputPath = join(folder.path, 'long.wav');
  const tools = audioTools();
  await makeAudio(tools, ['-f', 'lavfi', '-i', 'anoisesrc=d=600:r=16000:a=0.3', inputPath]);
  await writeFile(join(folder.path, 'program.mjs'), program);
});
afterAll(() => folder.remove());

// Without the helpers (macOS), ffmpeg is ended only by the broken pipe, which is enough.
it.each(['with', 'without'])('a killed process leaves no ffmpeg behind, %s util-linux', async (helpers) => {
  const launcherFolder = join(folder.path, 'launchers');
  const parent = spawn(process.execPath, [join(folder.path, 'program.mjs'), launcherFolder, inputPath, helpers], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(parent, 'exit');
  const [said] = (await Promise.race([once(parent.stdout, 'data'), ended])) as [unknown];
  expect(String(said)).toContain('encoding');
  const before = (await processesNaming(inputPath)).filter((id) => id !== parent.pid);
  expect(before).toHaveLength(1);
  parent.kill('SIGKILL');
  await ended;
  await waitFor('ffmpeg is gone', async () => (await processesNaming(inputPath)).length === 0);
});
