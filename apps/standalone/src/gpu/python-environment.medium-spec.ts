import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pythonEnvironment } from './python-environment.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'timbre python '));
afterAll(() => rmSync(folder, { recursive: true }));

describe('pythonEnvironment', () => {
  const bin = path.join(folder, 'bin');
  const home = path.join(folder, 'home');
  const lines: string[] = [];
  beforeEach(() => {
    for (const each of [bin, home]) rmSync(each, { recursive: true, force: true });
    mkdirSync(bin);
    lines.length = 0;
  });

  /** Puts a program on the PATH of these tests, which holds nothing else. */
  function program(name: string, script: string): void {
    const file = path.join(bin, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  const make = (): Promise<string> =>
    pythonEnvironment({
      lock: 'requirements.txt',
      env: { PATH: bin },
      report: (line) => void lines.push(line),
      home,
    });

  it('says what is needed if there is neither Python nor uv', async () => {
    await expect(make()).rejects.toThrow(
      'Python 3.11 to 3.13 or uv is needed, and neither python3 nor uv is on the PATH',
    );
    expect(readdirSync(home)).toEqual([]);
  });

  it('says that python3 has no venv', async () => {
    program('python3', 'echo "The virtual environment was not created: ensurepip is not available"; exit 1');
    await expect(make()).rejects.toThrow(
      'uv could not be installed: python3 has no venv (apt-get install python3-venv): The virtual environment was not',
    );
  });

  it('says why uv finds no Python', async () => {
    program('uv', 'echo "error: No interpreter found for Python >=3.11, <3.14" >&2; exit 2');
    await expect(make()).rejects.toThrow(
      'A Python environment could not be made: error: No interpreter found for Python >=3.11, <3.14',
    );
  });

  it('installs again after an installation that failed, and nothing if it is complete', async () => {
    const made = path.join(home, 'requirements', 'bin', 'python');
    const sync = path.join(folder, 'sync');
    program(
      'uv',
      `if [ "$1" = venv ]; then /bin/mkdir -p "${path.dirname(made)}"; : > "${made}"; exit 0; fi
       [ -e "${sync}" ] && exit 0
       : > "${sync}"; echo "error: Failed to fetch torch" >&2; exit 1`,
    );
    await expect(make()).rejects.toThrow('The Python packages could not be installed: error: Failed to fetch torch');
    expect(existsSync(sync)).toBe(true);
    expect(await make()).toBe(made);
    program('uv', 'exit 1');
    expect(await make()).toBe(made);
    expect(lines).toEqual([expect.stringContaining('5 GB on the disk'), expect.stringContaining('5 GB on the disk')]);
  });
});
