import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { banner, freeName, type Started } from './banner.js';

const address = 'http://127.0.0.1:8080';
const demo = { key: 'tk_abc_def', voices: ['speaker-1', 'other'] };
const keys = { demo, admin: 'admin key of this run' };
const started: Started = { address, keys, recording: '/x.flac', console: 'on', hasQueuesBoard: true };

/** What curl would be given when a person pastes the line into a shell. */
function argumentsOf(line: string | undefined): readonly string[] {
  const script = `curl() { printf '%s\\n' "$@"; }; ${line ?? 'false'}`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
}

const curlLines = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('  curl'));

describe('banner', () => {
  it('quotes the paths in its curl lines for the shell', () => {
    const [create, look] = curlLines(banner({ ...started, recording: `/home/o'neil/my "voice"; a,b $HOME/en.flac` }));
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

  it('prints the generated admin key, but never one that the operator has set', () => {
    expect(banner(started)).toContain('Admin   admin key of this run');
    const ofOperator = { demo, admin: undefined };
    expect(banner({ ...started, keys: ofOperator })).toContain('Admin   the key in ADMIN_API_KEY');
  });

  it('prints the URL of the queues board unless it is disabled', () => {
    const board = `${address}/api/admin/queues`;
    expect(banner(started)).toContain(board);
    expect(banner({ ...started, hasQueuesBoard: false })).not.toContain(board);
  });

  it('prints no key in production', () => {
    const text = banner({ ...started, keys: undefined });
    expect(text).toContain('http://127.0.0.1:8080/api/docs');
    expect(text).not.toMatch(/curl|Key|Admin/);
  });

  it('prints the address of the console first, and how to sign in', () => {
    const lines = (given: Partial<Started>): string[] => banner({ ...started, ...given }).split('\n');
    expect(lines({})[3]).toBe(`  Console ${address}/ (open it in a browser and sign in with the key below)`);
    expect(lines({ keys: undefined })[3]).toBe(`  Console ${address}/`);
    expect(lines({ console: 'off' })[3]).toBe(`  API     ${address}/api`);
    expect(lines({ console: 'missing' })[3]).toBe(
      '  Console not built, because its bundler does not run on this machine',
    );
  });
});

describe('freeName', () => {
  it('returns the first name that is not in use', () => {
    expect(freeName([])).toBe('speaker-1');
    expect(freeName(['speaker-2', 'speaker-1', 'speaker-4'])).toBe('speaker-3');
  });
});
