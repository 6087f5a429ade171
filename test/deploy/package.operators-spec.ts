import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '#libs/local-services';
import { temporaryFolder } from '../support/services.js';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: true; readonly optional?: true; readonly link?: true }>>;
}

const folder = temporaryFolder();
const pack = (...args: string[]): string => {
  const made = spawnSync(process.execPath, [path.join(projectRoot, 'scripts/package.mjs'), ...args], {
    env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
  });
  expect([made.status, made.stderr.toString()]).toEqual([0, '']);
  return made.stdout.toString().trim();
};
const json = <T>(file: string): T => JSON.parse(readFileSync(path.join(projectRoot, file), 'utf8')) as T;

describe('npm run package', () => {
  const { version } = json<{ version: string }>('package.json');
  const top = `timbre-${version}`;
  let listed: readonly string[];
  beforeAll(() => {
    const file = pack('--to', path.join(folder, 'one.tgz'));
    const unpacked = spawnSync('tar', ['-xvzf', file, '-C', folder], { encoding: 'utf8', maxBuffer: 64 << 20 });
    listed = unpacked.stdout.trim().split('\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('puts everything into one folder with the version in its name', () => {
    expect(listed.length).toBeGreaterThan(1000);
    expect(listed.filter((file) => !file.startsWith(`${top}/`))).toEqual([]);
  });

  it('contains only what is needed at run time, without tests, types, `npm start` or development packages', () => {
    const { packages } = json<Lock>('package-lock.json');
    const unwanted = Object.entries(packages).filter(([, { dev, optional, link }]) => dev ?? optional ?? link);
    const nested = (place: string): boolean => place.lastIndexOf('node_modules/') > 0;
    const alien = new Set(
      unwanted.filter(([place]) => place !== '' && !nested(place)).map(([place]) => `${top}/${place}/`),
    );
    const packageOf = /^[^/]+\/node_modules\/(?:@[^/]+\/)?[^/]+\//;
    expect(listed.filter((file) => alien.has(packageOf.exec(file)?.[0] ?? ''))).toEqual([]);
    const ofTests = /^[^/]+\/dist\/(test\/|apps\/standalone\/|libs\/local-services\/|.*spec\.js$)|\.[cm]?ts$/;
    expect(listed.filter((file) => ofTests.test(file))).toEqual([]);
    expect(listed.filter((file) => file.endsWith('.map') && !file.startsWith(`${top}/dist/bundle/`))).toEqual([]);
    for (const file of [
      'dist/console/index.html',
      'dist/console/licences.txt',
      'dist/cli.js',
      'LICENSE',
      'docs/operations.md',
      'deploy/systemd/timbre-api@.service',
      '.env.example',
    ]) {
      expect(listed).toContain(`${top}/${file}`);
    }
    for (const name of Object.keys(json<{ dependencies: object }>('package.json').dependencies)) {
      expect(listed).toContain(`${top}/node_modules/${name}/package.json`);
    }
  });

  // Without settings each program reports an error, and has loaded its modules by then.
  it.each([
    ['api', 78, 'DATABASE_URL is required'],
    ['migrate', 78, 'DATABASE_URL is required'],
    ['worker', 78, 'DATABASE_URL is required'],
    ['emulator', 1, 'is missing'],
  ])('finds every module that %s needs, without the clone', (app, status, text) => {
    const cwd = path.join(folder, top);
    const started = spawnSync(process.execPath, [`dist/${app}.js`], { cwd, env: {}, encoding: 'utf8' });
    expect([started.status, started.stderr]).toEqual([status, expect.stringContaining(text)]);
  });

  it('has the same bytes when it is built again', () => {
    const again = readFileSync(pack('--to', path.join(folder, 'two.tgz')));
    expect(again.equals(readFileSync(path.join(folder, 'one.tgz')))).toBe(true);
  });
});
