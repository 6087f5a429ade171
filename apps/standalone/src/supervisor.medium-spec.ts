import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { identify, isRunning, ManagedProcess, waitUntil } from '#libs/local-services';
import { Supervisor } from './supervisor.js';

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
const obedient = program(
  'obedient',
  `process.on('message', (order) => process.send(order + 'ed')); console.log('up');`,
);
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

  it('reports a killed process and restarts it', async () => {
    const { supervisor, child, lines, reports } = supervise(steady);
    await supervisor.start();
    await waitUntil('the first start', () => lines.length === 1);
    const first = child.pid;
    child.kill('SIGKILL');
    await waitUntil('a second start', () => lines.length === 2);
    expect(child.pid).not.toBe(first);
    expect(reports).toEqual(['part was ended by SIGKILL; starting it again']);
  });

  it('starts a stopped process again, and does not mistake its earlier exit for a new one', async () => {
    const { supervisor, child, lines, reports } = supervise(steady);
    await supervisor.start();
    await waitUntil('the first start', () => lines.length === 1);
    const first = child.pid;
    await supervisor.stop();
    await supervisor.start();
    await waitUntil('a second start', () => lines.length === 2);
    expect(child.pid).not.toBe(first);
    expect(reports).toEqual([]);
  });

  it('gives up with a message on a process that keeps dying', async () => {
    const { supervisor, reports, givenUp } = supervise(shortLived);
    await supervisor.start();
    await waitUntil('giving up', () => givenUp.length > 0);
    expect(givenUp).toEqual(['part ended with code 4, for the 5th time soon after its start']);
    expect(reports).toHaveLength(4);
  });

  it('restarts nothing after stop', async () => {
    const { supervisor, child, reports } = supervise(steady);
    await supervisor.start();
    const identity = identify(child.pid ?? 0);
    await supervisor.stop();
    expect(identity && isRunning(identity)).toBe(false);
    expect(reports).toEqual([]);
  });

  it('kills a process that does not stop in time', async () => {
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

  it('uses the process that was spawned ahead, once it has loaded', async () => {
    const lines: string[] = [];
    const spawned: number[] = [];
    const child = new ManagedProcess(
      { name: 'part', module: obedient, env: process.env, takesOrders: true },
      { onLine: (_, line) => void lines.push(line), onSpawn: (_, pid) => void spawned.push(pid) },
    );
    child.prepare();
    const ahead = child.pid;
    await waitUntil('its listener', () => lines.includes('up'));
    await child.load();
    expect(spawned).toEqual([]);
    await child.start();
    expect(child.pid).toBe(ahead);
    expect(spawned).toEqual([ahead]);
    await child.stop();
  });

  it('fails to load when the process ends first', async () => {
    const child = new ManagedProcess(
      { name: 'part', module: broken, env: process.env, takesOrders: true },
      { onLine: () => undefined },
    );
    await expect(child.load()).rejects.toThrow('part ended with code 3 before it was loaded');
    expect(child.pid).toBeUndefined();
  });
});
