import type { ProcessWatcher } from '#libs/local-services';

/** Keeps the output of processes, for assertions and for people who search for a failure. */
export class ProcessLog implements ProcessWatcher {
  private readonly kept: string[] = [];

  readonly onLine = (name: string, line: string): void => void this.kept.push(`${name} | ${line}`);

  get lines(): readonly string[] {
    return this.kept;
  }
}
