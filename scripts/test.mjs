// Runs Jest with the given arguments, for `npm test` and other commands of package.json. Types are checked by `npm run check`.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The ffmpeg that costs least to start. CI also runs what an ffmpeg decides with the one of the machine (.ci/run). */
const ffmpeg = { TEST_FFMPEG: 'light' };

const jest = ['node_modules/jest/bin/jest.js', ...process.argv.slice(2)];
const child = spawn(process.execPath, jest, { cwd: root, stdio: 'inherit', env: { ...ffmpeg, ...process.env } });
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
