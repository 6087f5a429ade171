// `npm run test:clients`: clients in TypeScript and Python that are generated from openapi.json and use all of Timbre, and
// Schemathesis with all its checks. Installs by itself what it needs: Python packages in .cache/clients, 80 MB.
//
//   npm run test:clients -- -t Schemathesis    only these tests (Jest's own flags)
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { pythonEnvironment } = await import('../dist/apps/standalone/src/gpu/python-environment.js');
const cache = path.join(root, '.cache', 'clients');

const python = await pythonEnvironment({
  lock: 'requirements.txt',
  lockFolder: path.join(root, 'test', 'clients'),
  packages: 'openapi-python-client, Schemathesis and standardwebhooks: 80 MB of Python packages',
  home: cache,
  env: process.env,
  report: (line) => console.log(line),
});
const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'clients', ...process.argv.slice(2)];
// Nothing is written beside the sources.
const env = { ...process.env, TEST_CLIENTS_PYTHON: python, PYTHONPYCACHEPREFIX: path.join(cache, 'bytecode') };
spawn(process.execPath, jest, { cwd: root, env, stdio: 'inherit' }).on('close', (code) => {
  process.exitCode = code ?? 1;
});
