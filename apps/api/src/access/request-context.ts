import type { Caller } from '#libs/auth';
import type { MadeJob } from '#libs/logging';
import type { VoiceRef } from '#libs/voices';
import type { ReceivedBody } from '../body/multipart.js';

/** Whose voices a request is about. */
export interface PartnerRef {
  readonly id: string;
  readonly name: string;
}

declare module 'express-serve-static-core' {
  /** What the request log, the guards and the body reader have found out; each is there after its own step. */
  interface Request {
    /** Its `X-Request-Id`. */
    id: string;
    /** Writes an error that the client is not told of to the log, under the request's id. */
    report: (error: unknown, what: string) => void;
    caller?: Caller;
    partner?: PartnerRef;
    voice?: VoiceRef;
    received?: ReceivedBody;
    /** Jobs it has made so far, for its log line; none where nothing can be changed. */
    madeJobs?: MadeJob[];
    /** Where traces are on. */
    traceId?: string;
  }
}
