import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Contract } from '../support/openapi-client.js';
import { openApiFile } from '../support/openapi.js';
import { Stack } from '../support/stack.js';
import { pickOfForm } from '../support/test-form.js';
import { embedInstantly } from '../e2e/contract/emulated.js';
import { settled } from '../support/voices.js';
import { toneForm } from '../e2e/contract/tone.js';

const folder = path.join(process.cwd(), 'test/clients/schemathesis');
const python = process.env['TEST_CLIENTS_PYTHON'] ?? 'TEST_CLIENTS_PYTHON is set by npm run test:clients';

let stack: Stack;
let work: string;
beforeAll(async () => {
  const cache = path.join(process.cwd(), '.cache');
  mkdirSync(cache, { recursive: true });
  work = mkdtempSync(path.join(cache, 'schemathesis-'));
  // A Timbre of its own: it deletes partners and keys with an admin key.
  stack = await Stack.start();
});
afterAll(async () => {
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** Runs Schemathesis. @returns its report, and whether it found nothing */
function schemathesis(...args: readonly string[]): Promise<{ readonly found: boolean; readonly report: string }> {
  const config = ['--config-file', path.join(folder, 'schemathesis.toml')];
  const child = spawn(python, ['-m', 'schemathesis.cli', ...config, 'run', openApiFile, ...args, '--no-color'], {
    cwd: work,
    env: { ...process.env, PYTHONPATH: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let report = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (report += text.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ found: code !== 0, report }));
  });
}

describe('Schemathesis', () => {
  it('finds nothing with all checks, but what exceptions.py lists', async () => {
    const contract = new Contract(stack.address);
    // The voice of the examples, so that they meet more than 404.
    const made = await contract.admin.post<{ key: string }>('/admin/partners/demo/keys', { name: 'Schemathesis' });
    await embedInstantly(stack.address, { name: 'demo' });
    const http = contract.client(made.body.key);
    const demo = { name: 'demo', key: made.body.key, http, route: (voice = '') => `/voices/demo/${voice}` };
    await http.post('/voices/demo', toneForm(46, { name: 'speaker-1' }));
    await settled(demo, 'speaker-1');
    const origin = stack.address.baseUrl.replace(/\/api$/, '');
    const examples = pickOfForm('4', '12');
    const { found, report } = await schemathesis(
      ...['--url', origin, '-H', `X-Api-Key: ${stack.address.adminKey}`, '--max-examples', examples],
    );
    expect(report).toMatch(/Tested: +\d{2}/);
    expect(report).toMatch(/dropped by `filter_failure`/); // the exceptions were loaded
    if (found) throw new Error(report);
  }, 600_000);
});
