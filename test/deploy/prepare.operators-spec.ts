import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '#libs/local-services';

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/**
 * Uses a small project with Timbre's structure that npm installs offline. It runs with the compilers of this clone, and its
 * tests need two more packages.
 */
describe('scripts/prepare.mjs', () => {
  const checker = path.join(projectRoot, 'node_modules/typescript-7/bin/tsc');
  const builtAgain = 'Building 1 files …\nChecking the types …\n';
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'timbre clone '));
  const at = (file: string): string => path.join(root, file);
  const write = (file: string, text: string): void => {
    fs.mkdirSync(path.dirname(at(file)), { recursive: true });
    fs.writeFileSync(at(file), text);
  };

  function prepare(
    mode: 'all' | 'running' | 'start' | 'package' = 'all',
    environment: NodeJS.ProcessEnv = {},
  ): Promise<Ended> {
    const child = spawn(process.execPath, [at('scripts/prepare.mjs'), mode], {
      env: { ...process.env, npm_config_offline: 'true', ...environment },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
  }

  beforeAll(() => {
    fs.cpSync(path.join(projectRoot, 'scripts'), at('scripts'), { recursive: true });
    const dependencies = { typescript: `file:${path.join(projectRoot, 'node_modules/typescript')}` };
    const devDependencies = { 'test-tool': 'file:tools/test-tool', 'typescript-7': 'file:tools/typescript-7' };
    const project = { name: 'small', version: '1.0.0', type: 'module', dependencies, devDependencies };
    write('package.json', JSON.stringify(project));
    write('tools/test-tool/package.json', JSON.stringify({ name: 'test-tool', version: '1.0.0' }));
    write(
      'tools/typescript-7/package.json',
      JSON.stringify({ name: 'typescript-7', version: '1.0.0', type: 'module' }),
    );
    write('tools/typescript-7/bin/tsc', `import '${pathToFileURL(checker).href}';\n`);
    const options = { module: 'nodenext', outDir: 'dist', rootDir: '.', incremental: true, types: [], lib: ['es5'] };
    const compilerOptions = { ...options, tsBuildInfoFile: 'dist/.tsbuildinfo' };
    write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['apps/**/*.ts', 'libs/**/*.ts'] }));
    write('apps/one.ts', 'export const one: number = 1;\n');
    write('libs/two.ts', 'export const two: number = 2;\n');
    write('libs/two.spec.ts', 'export const tested: number = 2;\n');
    spawnSync('npm', ['install', '--package-lock-only', '--offline', '--no-audit'], { cwd: root });
    expect(fs.existsSync(at('package-lock.json'))).toBe(true);
  });
  afterAll(() => fs.rmSync(root, { recursive: true }));

  it('reports every wrong setting before it installs or builds anything', async () => {
    expect(await prepare('start', { PORT: '80a', LOG_LEVEL: 'loud' })).toEqual({
      code: 78,
      said: [
        'Timbre cannot start:',
        '  PORT must be a whole number from 1 to 65535, not 80a',
        '  LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
        '',
      ].join('\n'),
    });
    expect(['node_modules', 'dist', '.cache'].filter((folder) => fs.existsSync(at(folder)))).toEqual([]);
  });

  it('installs and builds a fresh clone once, even if started twice at the same time', async () => {
    const both = await Promise.all([prepare('start'), prepare('start')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.filter(({ said }) => said.includes('Installing'))).toHaveLength(1);
    expect(both.filter(({ said }) => said.includes('Building'))).toHaveLength(1);
    expect(fs.existsSync(at('dist/apps/one.js'))).toBe(true);
  });

  it('installs packages for tests only when the tests run, in addition to the others', async () => {
    expect(['node_modules/test-tool', 'dist/libs/two.spec.js'].filter((file) => fs.existsSync(at(file)))).toEqual([]);
    write('node_modules/.not-made-anew', '');
    const { code, said } = await prepare();
    expect([code, said]).toEqual([0, expect.stringMatching(/Installing everything[^]*Building 1 files[^]*Checking/)]);
    for (const file of ['node_modules/test-tool', 'dist/libs/two.spec.js', 'node_modules/.not-made-anew']) {
      expect(fs.existsSync(at(file))).toBe(true);
    }
    expect(await prepare('start')).toEqual({ code: 0, said: '' });
    expect(fs.existsSync(at('node_modules/test-tool'))).toBe(true);
  });

  it('tells npm where the packages are while it installs, and leaves nothing of that behind', async () => {
    const programs = at('programs');
    write('programs/npm', `#!/bin/sh\ncp npm-shrinkwrap.json seen.json 2>/dev/null\nPATH=\${PATH#*:} exec npm "$@"\n`);
    fs.chmodSync(path.join(programs, 'npm'), 0o755);
    fs.rmSync(at('node_modules'), { recursive: true });
    write('npm-shrinkwrap.json', 'left by an install that was killed');
    const { code } = await prepare('all', { PATH: `${programs}:${process.env['PATH'] ?? ''}` });
    expect([code, fs.existsSync(at('npm-shrinkwrap.json'))]).toEqual([0, false]);
    expect(JSON.parse(fs.readFileSync(at('seen.json'), 'utf8'))).toMatchObject({ name: 'small', packages: {} });
  });

  it('knows the address of a package by its name, version and registry', async () => {
    const folder = at('locked');
    const packages = {
      '': { name: 'locked' },
      'node_modules/one': { version: '1.2.3' },
      'node_modules/@own/two': { version: '2.0.0' },
      'node_modules/@other/three/node_modules/@other/four': { version: '4.0.0-rc.1' },
      'node_modules/alias': { name: 'five', version: '5.0.0' },
      'node_modules/linked': { resolved: 'libs/linked', link: true },
      'libs/linked': { version: '1.0.0' },
    };
    write('locked/package-lock.json', JSON.stringify({ packages }));
    write('locked/.npmrc', 'registry=http://127.0.0.1:1/npm/\n@own:registry=http://127.0.0.1:2\n');
    write('locked/package.json', '{}');
    const { lockWithAddresses } = (await import(at('scripts/prepare/install.mjs'))) as {
      readonly lockWithAddresses: (
        root: string,
      ) => Promise<{ readonly packages: Record<string, { readonly resolved?: string }> }>;
    };
    const known = Object.values((await lockWithAddresses(folder)).packages).map(({ resolved }) => resolved);
    expect(known).toEqual([
      undefined,
      'http://127.0.0.1:1/npm/one/-/one-1.2.3.tgz',
      'http://127.0.0.1:2/@own/two/-/two-2.0.0.tgz',
      'http://127.0.0.1:1/npm/@other/four/-/four-4.0.0-rc.1.tgz',
      'http://127.0.0.1:1/npm/five/-/five-5.0.0.tgz',
      'libs/linked',
      undefined,
    ]);
  });

  it('asks the registry for each package if npm does not get them at the usual addresses', async () => {
    const programs = at('programs');
    write(
      'programs/npm',
      `#!/bin/sh\nif [ -e npm-shrinkwrap.json ]; then exit 1; fi\nPATH=\${PATH#*:} exec npm "$@"\n`,
    );
    fs.rmSync(at('node_modules'), { recursive: true });
    const { code, said } = await prepare('all', { PATH: `${programs}:${process.env['PATH'] ?? ''}` });
    expect([code, said]).toEqual([0, expect.stringContaining('Trying again without the usual addresses of packages')]);
    fs.rmSync(programs, { recursive: true });
  });

  it('accepts packages that were installed by hand', async () => {
    fs.rmSync(at('node_modules/.timbre-installed'));
    expect(await prepare()).toEqual({ code: 0, said: '' });
  });

  it('refuses installed packages that differ from the lock file, and names them', async () => {
    const copy = at('node_modules/.package-lock.json');
    const before = fs.readFileSync(copy, 'utf8');
    fs.rmSync(at('node_modules/.timbre-installed'));
    fs.writeFileSync(copy, before.replace(/("node_modules\/typescript": \{)/, '$1 "version": "0.0.1",'));
    const { code, said } = await prepare();
    fs.writeFileSync(copy, before);
    expect([code, said]).toEqual([1, expect.stringContaining('node_modules/typescript is not what package-lock.json')]);
    expect((await prepare()).code).toBe(0);
  });

  it('does and prints nothing if nothing has changed', async () => {
    const before = fs.statSync(at('dist/.built')).mtimeMs;
    expect(await prepare()).toEqual({ code: 0, said: '' });
    expect(fs.statSync(at('dist/.built')).mtimeMs).toBe(before);
  });

  it('builds changed files and removes the output of deleted ones', async () => {
    write('apps/one.ts', 'export const one: number = 11;\n');
    fs.rmSync(at('libs/two.ts'));
    expect(await prepare()).toEqual({ code: 0, said: builtAgain });
    expect(fs.readFileSync(at('dist/apps/one.js'), 'utf8')).toContain('11');
    expect(fs.existsSync(at('dist/libs/two.js'))).toBe(false);
  });

  it('rebuilds files that were removed from dist', async () => {
    fs.rmSync(at('dist/apps/one.js'));
    expect(await prepare()).toEqual({ code: 0, said: 'Building 1 files …\n' });
    expect(fs.existsSync(at('dist/apps/one.js'))).toBe(true);
  });

  it('takes over from a run that was killed', async () => {
    const dead = spawnSync('true').pid;
    write('.cache/prepare.lock', String(dead));
    write('apps/one.ts', 'export const one: number = 111;\n');
    expect(await prepare()).toEqual({ code: 0, said: builtAgain });
    expect(fs.existsSync(at('.cache/prepare.lock'))).toBe(false);
  });

  it('ends with a readable line when a step fails, and fails again until the cause is fixed', async () => {
    write('apps/one.ts', 'export const one: number = "1";\n');
    for (const { code, said } of [await prepare(), await prepare()]) {
      expect(code).toBe(1);
      expect(said).toContain('apps/one.ts(1,14): error TS2322');
      expect(said.trim().split('\n').at(-1)).toBe(
        'Timbre could not be prepared. Checking the types failed: see the lines above',
      );
    }
  });

  it('reports where a file has a syntax error', async () => {
    write('apps/one.ts', 'export const one = ;\n');
    const { code, said } = await prepare('running');
    expect([code, said]).toEqual([1, expect.stringContaining('apps/one.ts(1,20): error TS1109')]);
  });

  it('installs again when the lock file has changed, including all packages that were installed before', async () => {
    write('apps/one.ts', 'export const one: number = 1;\n');
    const future = new Date(Date.now() + 60_000);
    write('package-lock.json', `${fs.readFileSync(at('package-lock.json'), 'utf8')}\n`);
    fs.utimesSync(at('package-lock.json'), future, future);
    const { code, said } = await prepare('start');
    expect(code).toBe(0);
    expect(said).toContain('Installing everything that running and testing need');
    expect(fs.existsSync(at('node_modules/test-tool'))).toBe(true);
  });

  it('prepares what runs although the bundler of the console does not run on this machine, and no package then', async () => {
    write('apps/console/vite.config.ts', 'export default {};\n');
    const { code, said } = await prepare('start');
    expect([code, said]).toEqual([
      0,
      expect.stringMatching(/^Building the console …\n  not possible on this machine, .*: Cannot find package 'vite'/),
    ]);
    const refused = await prepare('package');
    expect([refused.code, refused.said]).toEqual([1, expect.stringContaining("'vite'")]);
  });
});
