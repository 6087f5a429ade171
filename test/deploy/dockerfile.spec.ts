import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '#libs/local-services';
import { composeFile } from './compose-file.js';
import { dockerfile } from './dockerfile.js';

const read = (file: string): string => readFileSync(path.join(projectRoot, file), 'utf8');
const instructions = dockerfile();

describe('Dockerfile', () => {
  const copied = instructions
    .filter(([name, first]) => name === 'COPY' && !first?.startsWith('--from'))
    .flatMap(([, ...args]) => args.slice(0, -1));

  it('copies only files that are in the repository and not ignored', () => {
    const allowed = read('.dockerignore').match(/(?<=^!).+$/gm);
    expect(copied.length).toBeGreaterThan(0);
    expect(copied.filter((file) => !existsSync(path.join(projectRoot, file)))).toEqual([]);
    expect([...copied].sort()).toEqual([...(allowed ?? [])].sort());
  });

  it('has every target that compose builds', () => {
    const stages = instructions.filter(([name]) => name === 'FROM').map((line) => line.at(-1));
    const targets = Object.values(composeFile().services).flatMap(({ build }) => build?.target ?? []);
    expect(stages).toEqual(expect.arrayContaining(targets));
  });

  it('has no final stage that runs as root', () => {
    const users = instructions.filter(([name]) => name === 'USER').map(([, user]) => user);
    expect(users).toEqual(['node', 'root', 'node']);
  });
});
