import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { banner, freeName } from './banner.js';

const address = 'http://127.0.0.1:8080';
const demo = { key: 'tk_abc_def', voices: ['speaker-1', 'other'] };
const keys = { demo, admin: 'admin key of this run' };

/** What curl would be given when a person pastes the line into a shell. */
function argumentsOf(line: string | undefined): readonly string[] {
  const script = `curl() { printf '%s\\n' "$@"; }; ${line ?? 'false'}`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
}

const curlLines = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('  curl'));

describe('banner', () => {
  it('prints curl lines that a shell takes apart as meant, whatever the path holds', () => {
    const [create, look] = curlLines(banner(address, keys, `/home/o'neil/my "voice"; a,b $HOME/en.flac`, true));
    expect(argumentsOf(create)).toEqual([
      'http://127.0.0.1:8080/api/voices/demo',
      '-H',
      'X-Api-Key: tk_abc_def',
      '-F',
      'name=speaker-2',
      '-F',
      String.raw`file=@"/home/o'neil/my \"voice\"; a,b $HOME/en.flac"`,
    ]);
    expect(argumentsOf(look)[0]).toBe('http://127.0.0.1:8080/api/voices/demo/speaker-2');
  });

  it('shows the admin key of this run, and never one that the operator set', () => {
    expect(banner(address, keys, '/x.flac', true)).toContain('Admin   admin key of this run');
    expect(banner(address, { demo, admin: undefined }, '/x.flac', true)).toContain('Admin   the key in ADMIN_API_KEY');
  });

  it('names the queues board unless it is switched off', () => {
    const board = `${address}/api/admin/queues`;
    expect(banner(address, keys, '/x.flac', true)).toContain(board);
    expect(banner(address, keys, '/x.flac', false)).not.toContain(board);
  });

  it('shows no key in production', () => {
    const text = banner(address, undefined, '/x.flac', true);
    expect(text).toContain('http://127.0.0.1:8080/api/docs');
    expect(text).not.toMatch(/curl|Key|Admin/);
  });
});

describe('freeName', () => {
  it('is the first that is not taken', () => {
    expect(freeName([])).toBe('speaker-1');
    expect(freeName(['speaker-2', 'speaker-1', 'speaker-4'])).toBe('speaker-3');
  });
});
