import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { probeLimits } from './limits.js';
import { SandboxedProcess } from './sandboxed-process.js';

/** A process that ends when a test says so. */
const standIn = () => {
  const stderr = new PassThrough();
  const child = Object.assign(new EventEmitter(), { stderr }) as unknown as ChildProcess;
  return { stderr, child, sandboxed: new SandboxedProcess(child, probeLimits) };
};

describe('SandboxedProcess', () => {
  it('keeps what is read from standard error after the exit', async () => {
    const { stderr, child, sandboxed } = standIn();
    child.emit('exit', 1, null);
    setImmediate(() => stderr.end("Format not on whitelist 'wav,mp3'"));
    expect(await sandboxed.exit).toMatchObject({ code: 1, stderr: 'Format not on whitelist …' });
  });

  it('rejects if the process cannot be started', async () => {
    const { child, sandboxed } = standIn();
    child.emit('error', new Error('spawn EAGAIN'));
    await expect(sandboxed.exit).rejects.toThrow('EAGAIN');
  });
});
