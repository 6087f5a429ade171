import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import ts from 'typescript';
import { audioToolsOfThisMachine, makeAudio, temporaryFolder } from '../../../test/support/audio-measure.js';
import { processesNaming } from '../../../test/support/running-processes.js';
import { waitFor } from '../../../test/support/wait-for.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let inputPath: string;

/** Starts an encoding in a process of its own that then takes no more output, and says how far it has come. */
const program = `
import { encodeOpus, findAudioTools, recordingLimits } from '#libs/audio';
import { launcherScript, writeLauncher } from './libs/audio/src/launcher.js';

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
  const tools = await audioToolsOfThisMachine(join(folder.path, 'launchers'));
  await makeAudio(tools, ['-f', 'lavfi', '-i', 'anoisesrc=d=600:r=16000:a=0.3', inputPath]);
  await compile();
});
afterAll(() => folder.remove());

/** Jest has no files that node itself could run: the two libs are compiled into the folder, as the build does it. */
async function compile(): Promise<void> {
  for (const lib of ['audio', 'errors']) {
    const [from, to] = [join(process.cwd(), 'libs', lib, 'src'), join(folder.path, 'libs', lib, 'src')];
    await mkdir(to, { recursive: true });
    for (const name of (await readdir(from)).filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))) {
      const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
      const { outputText } = ts.transpileModule(await readFile(join(from, name), 'utf8'), { compilerOptions });
      await writeFile(join(to, name.replace(/\.ts$/, '.js')), outputText);
    }
  }
  const manifest = { type: 'module', imports: { '#libs/*': './libs/*/src/index.js' } };
  await writeFile(join(folder.path, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder.path, 'program.js'), program);
  await symlink(join(process.cwd(), 'node_modules'), join(folder.path, 'node_modules'));
}

// Without the helpers (macOS) only the broken pipe ends ffmpeg, which is enough.
it.each(['with', 'without'])('a killed process leaves no ffmpeg behind, %s util-linux', async (helpers) => {
  const launcherFolder = join(folder.path, 'launchers');
  const parent = spawn(process.execPath, [join(folder.path, 'program.js'), launcherFolder, inputPath, helpers], {
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
