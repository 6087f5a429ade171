import { openBucket } from '../../libs/storage/test/s3-bucket.js';
import { S3StandIn, type Fault } from '../../libs/storage/test/s3-stand-in.js';
import type { ObjectStorage } from '#libs/storage';
import type { Environment } from '../support/stack.js';

const folder = 'timbre';

/** How an S3 server may be in trouble, with every request alike. */
export type S3Trouble = 'answers 503' | 'answers 500' | 'hangs' | 'drops connections';

/** An S3 server of a lab's own, in this process. */
export class LabS3 {
  private release: () => void = () => undefined;

  private constructor(private readonly server: S3StandIn) {}

  static async start(): Promise<LabS3> {
    return new LabS3(await S3StandIn.start('voices'));
  }

  /** What an API and a worker are told. */
  get environment(): Environment {
    const { bucket, endpoint, env } = this.server;
    return { STORAGE_URL: `s3://${bucket}/${folder}?${new URLSearchParams({ endpoint }).toString()}`, ...env };
  }

  open(): Promise<ObjectStorage> {
    return openBucket(process.env, this.server, folder);
  }

  /** From now on, for every request. */
  break(trouble: S3Trouble): void {
    const mended = new Promise<void>((resolve) => (this.release = resolve));
    const faults: Readonly<Record<S3Trouble, Fault>> = {
      'answers 503': { kind: 'answer', status: 503, code: 'SlowDown' },
      'answers 500': { kind: 'answer', status: 500, code: 'InternalError' },
      hangs: { kind: 'hold', until: mended },
      'drops connections': { kind: 'cut' },
    };
    this.server.trouble = () => faults[trouble];
  }

  /** All is well; what was held goes on. */
  mend(): void {
    this.server.trouble = () => undefined;
    this.release();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
