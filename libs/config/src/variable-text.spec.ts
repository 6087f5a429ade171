import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig, withSecretsFromFiles } from './config.js';
import { variables } from './variables.js';

const values = {
  DATABASE_URL: 'postgres://a:b@localhost/c',
  DATABASE_DIRECT_URL: 'postgres://a:b@postgres/c',
  REDIS_URL: 'redis://localhost',
  SIGNING_SECRET: 'a secret of sixteen',
  ADMIN_API_KEY: 'an admin key of 24 or more',
  RUNPOD_API_KEY: 'a-key',
};
type Secret = keyof typeof values;
const names = Object.keys(values) as Secret[];
const around = { RUNPOD_BASE_URL: 'http://127.0.0.1:8900/v2' };

describe('textOf a secret', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'timbre secrets '));
    for (const name of names) writeFileSync(path.join(folder, name), `${values[name]}\n`);
    writeFileSync(path.join(folder, 'EMPTY'), '\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string): string => path.join(folder, name);
  const files = (): NodeJS.ProcessEnv => Object.fromEntries(names.map((name) => [`${name}_FILE`, file(name)]));

  it('covers all secrets', () => {
    const marked = Object.values(variables).filter(({ isSecret }) => isSecret);
    expect(marked.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it('reads the file that NAME_FILE names', () => {
    expect(readConfig({ ...around, ...files() })).toEqual(readConfig({ ...around, ...values }));
    expect(withSecretsFromFiles({ ...around, ...files() })).toEqual({ ...around, ...values });
  });

  it.each([
    [{ REDIS_URL: 'redis://x' }, 'REDIS_URL is given twice, by REDIS_URL_FILE too'],
    [{ REDIS_URL_FILE: '/nowhere' }, 'REDIS_URL cannot be read from the file that REDIS_URL_FILE names (ENOENT)'],
  ])('rejects %j', (more, line) => {
    expect(() => readConfig({ ...around, ...files(), ...more })).toThrow(line);
    expect(() => withSecretsFromFiles({ ...around, ...files(), ...more })).toThrow(line);
  });

  it('rejects an empty file', () => {
    expect(() => readConfig({ ...around, ...files(), SIGNING_SECRET_FILE: file('EMPTY') })).toThrow(
      'SIGNING_SECRET is empty in the file that SIGNING_SECRET_FILE names',
    );
  });

  it('ignores NAME_FILE of other variables', () => {
    expect(readConfig({ ...around, ...values, PORT_FILE: '/nowhere' }).port).toBe(8080);
  });
});
