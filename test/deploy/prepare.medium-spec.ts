import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../apps/standalone/src/project-root.js';

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** A small project in Timbre's shape, whose one dependency is the compiler of this clone: npm installs it offline. */
describe('scripts/prepare.mjs', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'timbre clone '));
  const at = (file: string): string => path.join(root, file);
  const write = (file: string, text: string): void => {
    fs.mkdirSync(path.dirname(at(file)), { recursive: true });
    fs.writeFileSync(at(file), text);
  };

  function prepare(): Promise<Ended> {
    const child = spawn(process.execPath, [at('scripts/prepare.mjs')], {
      env: { ...process.env, npm_config_offline: 'true' },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
  }

  beforeAll(() => {
    fs.cpSync(path.join(projectRoot, 'scripts'), at('scripts'), { recursive: true });
    const dependencies = { typescript: `file:${path.join(projectRoot, 'node_modules/typescript')}` };
    write('package.json', JSON.stringify({ name: 'small', version: '1.0.0', type: 'module', dependencies }));
    const options = { module: 'nodenext', outDir: 'dist', rootDir: '.', incremental: true, types: [], lib: ['es5'] };
    const compilerOptions = { ...options, tsBuildInfoFile: 'dist/.tsbuildinfo' };
    write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['apps/**/*.ts', 'libs/**/*.ts'] }));
    write('apps/one.ts', 'export const one: number = 1;\n');
    write('libs/two.ts', 'export const two: number = 2;\n');
    spawnSync('npm', ['install', '--package-lock-only', '--offline', '--no-audit'], { cwd: root });
    expect(fs.existsSync(at('package-lock.json'))).toBe(true);
  });
  afterAll(() => fs.rmSync(root, { recursive: true }));

  it('installs and builds a fresh clone once, also when asked twice at the same time', async () => {
    const both = await Promise.all([prepare(), prepare()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.filter(({ said }) => said.includes('Installing'))).toHaveLength(1);
    expect(both.filter(({ said }) => said.includes('Building'))).toHaveLength(1);
    expect(fs.existsSync(at('dist/apps/one.js'))).toBe(true);
  });

  it('does and says nothing when nothing has changed', async () => {
    const before = fs.statSync(at('dist/.built')).mtimeMs;
    expect(await prepare()).toEqual({ code: 0, said: '' });
    expect(fs.statSync(at('dist/.built')).mtimeMs).toBe(before);
  });

  it('builds what changed and removes what is gone', async () => {
    write('apps/one.ts', 'export const one: number = 11;\n');
    fs.rmSync(at('libs/two.ts'));
    expect(await prepare()).toEqual({ code: 0, said: 'Building …\n' });
    expect(fs.readFileSync(at('dist/apps/one.js'), 'utf8')).toContain('11');
    expect(fs.existsSync(at('dist/libs/two.js'))).toBe(false);
  });

  it('builds again what somebody took out of dist', async () => {
    fs.rmSync(at('dist/apps/one.js'));
    expect((await prepare()).code).toBe(0);
    expect(fs.existsSync(at('dist/apps/one.js'))).toBe(true);
  });

  it('takes over from one that was killed', async () => {
    const dead = spawnSync('true').pid;
    write('.cache/prepare.lock', String(dead));
    write('apps/one.ts', 'export const one: number = 111;\n');
    expect(await prepare()).toEqual({ code: 0, said: 'Building …\n' });
    expect(fs.existsSync(at('.cache/prepare.lock'))).toBe(false);
  });

  it('ends with a readable line when a step fails, and fails again until that is mended', async () => {
    write('apps/one.ts', 'export const one: number = "1";\n');
    for (const { code, said } of [await prepare(), await prepare()]) {
      expect(code).toBe(1);
      expect(said).toContain('apps/one.ts(1,14): error TS2322');
      expect(said.trim().split('\n').at(-1)).toBe(
        'Timbre could not be prepared. The build failed: see the lines above',
      );
    }
  });

  it('installs again when the lock file changed', async () => {
    write('apps/one.ts', 'export const one: number = 1;\n');
    const future = new Date(Date.now() + 60_000);
    write('package-lock.json', `${fs.readFileSync(at('package-lock.json'), 'utf8')}\n`);
    fs.utimesSync(at('package-lock.json'), future, future);
    const { code, said } = await prepare();
    expect(code).toBe(0);
    expect(said).toContain('Installing dependencies');
  });
});
