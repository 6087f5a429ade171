import { openBucket } from '../../libs/storage/test/s3-bucket.js';
import { S3StandIn, type Fault } from '../../libs/storage/test/s3-stand-in.js';
import type { ObjectStorage } from '#libs/storage';
import type { Environment } from '../support/stack.js';

const folder = 'timbre';

/** Faults of an S3 server. They affect every request. */
export type S3Trouble = 'answers 503' | 'answers 500' | 'hangs' | 'drops connections';

/** The S3 server of a lab. It runs in this process. */
export class LabS3 {
  private release: () => void = () => undefined;

  private constructor(private readonly server: S3StandIn) {}

  static async start(): Promise<LabS3> {
    return new LabS3(await S3StandIn.start('voices'));
  }

  /** The environment variables with which an API and a worker use this server. */
  get environment(): Environment {
    const { bucket, endpoint, env } = this.server;
    return { STORAGE_URL: `s3://${bucket}/${folder}?${new URLSearchParams({ endpoint }).toString()}`, ...env };
  }

  open(): Promise<ObjectStorage> {
    return openBucket(process.env, this.server, folder);
  }

  /** Makes all requests fail from now on. */
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

  /** Holds all writes of objects whose key ends like this, until it is mended. @returns how many it holds */
  hold(keyEnd: string): () => number {
    let held = 0;
    const until = new Promise<void>((resolve) => (this.release = resolve));
    this.server.trouble = (method, url) => {
      if (method !== 'PUT' || !new URL(url, 'http://s3').pathname.endsWith(keyEnd)) return undefined;
      held += 1;
      return { kind: 'hold', until };
    };
    return () => held;
  }

  /** Ends the fault. Held requests continue. */
  mend(): void {
    this.server.trouble = () => undefined;
    this.release();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
