import { readdir, readFile } from 'node:fs/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LOGGER, type Logger } from '#libs/logging';

const checkEveryMs = 2_000;
/** An unchanged shortage is logged again after this time. */
const repeatEveryMs = 60_000;
/** A warning is logged from this share of the limit. */
const scarceShare = 0.9;

type Supply = 'enough' | 'scarce' | 'exhausted';

/**
 * Logs when this process runs out of file descriptors. Nothing else reports it: Node closes connections that it cannot
 * accept, without an event.
 */
@Injectable()
export class DescriptorWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private supply: Supply = 'enough';
  private loggedAtMs = 0;
  private lastLimit = Infinity;

  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.check(), checkEveryMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async check(): Promise<void> {
    const limit = await this.limit();
    const open = await readdir('/dev/fd').then(
      ({ length }) => length,
      (error: NodeJS.ErrnoException) => (error.code === 'EMFILE' || error.code === 'ENFILE' ? null : 0),
    );
    const isScarce = open !== null && open >= scarceShare * limit;
    this.report(open === null ? 'exhausted' : isScarce ? 'scarce' : 'enough', { open: open ?? limit, limit });
  }

  private report(supply: Supply, figures: { readonly open: number; readonly limit: number }): void {
    const isNew = supply !== this.supply;
    const isDue = performance.now() - this.loggedAtMs > repeatEveryMs;
    this.supply = supply;
    if (!isNew && (supply === 'enough' || !isDue)) return;
    this.loggedAtMs = performance.now();
    switch (supply) {
      case 'exhausted':
        return this.logger.error(figures, 'file descriptors exhausted: raise LimitNOFILE or ulimit -n');
      case 'scarce':
        return this.logger.warn(figures, 'file descriptors running out');
      case 'enough':
        return this.logger.info(figures, 'file descriptors suffice again');
    }
  }

  /** Returns the limit, or its last known value while no descriptor is left to read it. It may change (prlimit(1)). */
  private async limit(): Promise<number> {
    const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
    const found = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    if (found !== undefined) this.lastLimit = Number(found);
    return this.lastLimit;
  }
}
