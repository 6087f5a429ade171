import type { ProcessWatcher } from '../../apps/standalone/src/managed-process.js';

/** Keeps what processes write, for tests that look for it and for people who look for a failure. */
export class ProcessLog implements ProcessWatcher {
  private readonly kept: string[] = [];

  readonly onLine = (name: string, line: string): void => void this.kept.push(`${name} | ${line}`);

  get lines(): readonly string[] {
    return this.kept;
  }
}
