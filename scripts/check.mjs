// `npm run check`: everything that can be proved without running the service. All proofs run at once; what a
// failed one says is shown whole.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rememberTypes, typesAreProven, typesChecks, typesPrint } from './prepare/build.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const proofs = {
  format: ['node_modules/oxfmt/bin/oxfmt', '--check', '.'],
  lint: ['node_modules/oxlint/bin/oxlint', '.'],
  'import rules': ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'apps', 'libs', 'test'],
  'openapi.json by the rules of Redocly': ['node_modules/@redocly/cli/bin/cli.js', 'lint', 'openapi.json'],
  'openapi.json is fresh': ['dist/apps/api/src/openapi.main.js', '--check'],
  'scripts/settings and .env.example are fresh': ['scripts/settings.mjs', '--check'],
  'migrations are fresh': ['dist/test/support/migrations-fresh.main.js'],
};

/** Proofs ask nobody on the network. */
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

function prove(name, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    child.on('close', (code) => {
      console.log(code === 0 ? `ok      ${name}` : `FAILED  ${name}\n${said}`);
      resolve(code === 0);
    });
  });
}

/** Resolves to whether all of some proofs are right. */
async function proveAll(some) {
  const results = await Promise.all(Object.entries(some).map(([name, args]) => prove(name, args)));
  return !results.includes(false);
}

async function proveTypes() {
  if (typesAreProven(root)) return true;
  const print = typesPrint(root);
  const isRight = await proveAll(typesChecks(root));
  if (isRight) rememberTypes(root, print);
  return isRight;
}

const results = await Promise.all([proveAll(proofs), proveTypes()]);
if (results.includes(false)) process.exit(1);
