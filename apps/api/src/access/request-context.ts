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
  /** What the guards and the body reader have found out; each is there after its own step. */
  interface Request {
    caller?: Caller;
    partner?: PartnerRef;
    voice?: VoiceRef;
    received?: ReceivedBody;
    /** Jobs it has made so far, for its log line. */
    madeJobs?: MadeJob[];
    /** Where traces are on. */
    traceId?: string;
  }
}
