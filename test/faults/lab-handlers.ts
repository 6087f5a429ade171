import { fileURLToPath } from 'node:url';
import { ManagedProcess } from '#libs/local-services';
import type { ProcessLog } from '../support/process-log.js';
import { waitFor } from '../support/wait-for.js';
import type { HandlerStage } from './handler-stages.js';

export interface HandlerTarget {
  /** `http://host:port/v2/<endpoint>` */
  readonly endpointUrl: string;
  readonly key: string;
  readonly ffmpegPath: string;
}

/** A handler process of a lab. */
export class LabHandler {
  private constructor(
    private readonly process: ManagedProcess,
    private readonly log: ProcessLog,
  ) {}

  static async start(id: string, target: HandlerTarget, log: ProcessLog, stallAt?: HandlerStage): Promise<LabHandler> {
    const module = fileURLToPath(new URL('./handler.main.js', import.meta.url));
    const env = {
      PATH: process.env['PATH'],
      HANDLER_ENDPOINT: target.endpointUrl,
      HANDLER_KEY: target.key,
      HANDLER_ID: id,
      FFMPEG_PATH: target.ffmpegPath,
      ...(stallAt === undefined ? {} : { STALL_AT: stallAt }),
    };
    const handler = new LabHandler(new ManagedProcess({ name: id, module, env, isReady: 'message' }, log), log);
    await handler.process.start();
    return handler;
  }

  /** Waits until it has printed a line that begins with these words. */
  async says(words: string): Promise<void> {
    await waitFor(`${this.process.name} says "${words}"`, () =>
      this.log.lines.some((line) => line.startsWith(`${this.process.name} | ${words}`)),
    );
  }

  /** Lets it go on where it has stalled. */
  release(): void {
    this.process.kill('SIGUSR2');
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.process.ended;
  }
}

/** The handler processes that a row has started. */
export class LabHandlers {
  private readonly started: LabHandler[] = [];
  private count = 0;

  constructor(
    private readonly target: HandlerTarget,
    private readonly log: ProcessLog,
  ) {}

  /** Starts a handler, which waits when it first reaches a stage. */
  async start(stallAt?: HandlerStage): Promise<LabHandler> {
    const id = `handler-${(this.count += 1)}`;
    const handler = await LabHandler.start(id, this.target, this.log, stallAt);
    this.started.push(handler);
    return handler;
  }

  async killAll(): Promise<void> {
    await Promise.all(this.started.splice(0).map((handler) => handler.kill()));
  }
}
