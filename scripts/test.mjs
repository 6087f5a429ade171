// `npm test`: runs Jest with the given arguments, and checks the types beside it, if that was not done since the last
// change. Jest waits some of the time, so both share two cores well.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rememberTypes, typesAreProven, typesChecks, typesPrint } from './prepare/build.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The short form of the tests (test/support/test-form.ts) runs with the ffmpeg that costs least to start. */
const ffmpeg = process.env.TEST_FORM === 'long' ? {} : { TEST_FFMPEG: 'light' };

function run(args, stdio) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio, env: { ...ffmpeg, ...process.env } });
    let said = '';
    child.stdout?.on('data', (text) => (said += text));
    child.on('close', (code, signal) => resolve({ isRight: code === 0 && signal === null, said }));
  });
}

async function checkTypes() {
  if (typesAreProven(root)) return true;
  const print = typesPrint(root);
  for (const [name, args] of Object.entries(typesChecks(root))) {
    const { isRight, said } = await run(args, ['ignore', 'pipe', 'inherit']);
    if (!isRight) {
      console.error(`The ${name} are wrong:\n${said}`);
      return false;
    }
  }
  rememberTypes(root, print);
  return true;
}

const jest = ['node_modules/jest/bin/jest.js', ...process.argv.slice(2)];
const [tests, types] = await Promise.all([run(jest, 'inherit'), checkTypes()]);
if (!tests.isRight || !types) process.exit(1);
