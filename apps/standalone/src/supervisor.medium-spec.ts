import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { identify, isRunning } from './process-identity.js';
import { ManagedProcess } from './managed-process.js';
import { Supervisor } from './supervisor.js';
import { waitUntil } from './wait-until.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'timbre supervisor '));
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, code: string): string {
  const file = path.join(folder, `${name}.cjs`);
  writeFileSync(file, code);
  return file;
}

const steady = program('steady', `console.log('up'); setInterval(() => undefined, 1000);`);
const stubborn = program('stubborn', `process.on('SIGTERM', () => console.log('no')); require('${steady}');`);
const broken = program('broken', `console.error('no such thing'); process.exit(3);`);
const shortLived = program('short-lived', `setTimeout(() => process.exit(4), 20);`);

describe('Supervisor', () => {
  const running: Supervisor[] = [];
  afterEach(() => Promise.all(running.splice(0).map((supervisor) => supervisor.stop())));

  function supervise(module: string): {
    supervisor: Supervisor;
    child: ManagedProcess;
    lines: string[];
    reports: string[];
    givenUp: string[];
  } {
    const [lines, reports, givenUp]: [string[], string[], string[]] = [[], [], []];
    const watcher = { onLine: (_: string, line: string) => void lines.push(line) };
    const child = new ManagedProcess({ name: 'part', module, env: process.env, stopGraceMs: 300 }, watcher);
    const supervisor = new Supervisor(child, {
      onReport: (line) => void reports.push(line),
      onGiveUp: (line) => void givenUp.push(line),
    });
    running.push(supervisor);
    return { supervisor, child, lines, reports, givenUp };
  }

  it('reports a killed process and starts it again', async () => {
    const { supervisor, child, lines, reports } = supervise(steady);
    await supervisor.start();
    await waitUntil('the first start', () => lines.length === 1);
    const first = child.pid;
    child.kill('SIGKILL');
    await waitUntil('a second start', () => lines.length === 2);
    expect(child.pid).not.toBe(first);
    expect(reports).toEqual(['part was ended by SIGKILL; starting it again']);
  });

  it('gives up, in words, on one that dies again and again', async () => {
    const { supervisor, reports, givenUp } = supervise(shortLived);
    await supervisor.start();
    await waitUntil('giving up', () => givenUp.length > 0);
    expect(givenUp).toEqual(['part ended with code 4, for the 5th time soon after its start']);
    expect(reports).toHaveLength(4);
  });

  it('starts nothing again once it is stopped', async () => {
    const { supervisor, child, reports } = supervise(steady);
    await supervisor.start();
    const identity = identify(child.pid ?? 0);
    await supervisor.stop();
    expect(identity && isRunning(identity)).toBe(false);
    expect(reports).toEqual([]);
  });

  it('kills what does not stop in its time', async () => {
    const { supervisor, child, lines } = supervise(stubborn);
    await supervisor.start();
    await waitUntil('its handler', () => lines.includes('up'));
    await supervisor.stop();
    expect(await child.ended).toBe('was ended by SIGKILL');
    expect(lines).toContain('no');
  });
});

describe('ManagedProcess', () => {
  it('fails to start when the process ends before it is ready', async () => {
    const lines: string[] = [];
    const child = new ManagedProcess(
      { name: 'part', module: broken, env: process.env, isReady: () => false },
      { onLine: (name, line) => void lines.push(`${name} | ${line}`) },
    );
    await expect(child.start()).rejects.toThrow('part ended with code 3 before it was ready');
    await waitUntil('its words', () => lines.includes('part | no such thing'));
  });
});
