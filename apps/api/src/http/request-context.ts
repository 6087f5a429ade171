import type { Caller } from '#libs/auth';
import type { AppError } from '#libs/errors';
import type { MadeJob } from '#libs/logging';
import type { VoiceRef } from '#libs/voices';

/** The partner whose voices a request is about. */
export interface PartnerRef {
  readonly id: string;
  readonly name: string;
}

declare module 'express-serve-static-core' {
  /** What the request log and the guards have found out. Each property exists after its own step. */
  interface Request {
    /** The `X-Request-Id`. */
    id: string;
    /** Logs an error under the id of the request, without telling the client. */
    report: (error: unknown, what: string) => void;
    /** The error behind a 503 or 507. The log line and a metric report its cause. */
    unavailable?: AppError;
    caller?: Caller;
    partner?: PartnerRef;
    voice?: VoiceRef;
    /** The `Idempotency-Key` of a POST. */
    idempotencyKey?: string;
    /** The answer is one that was kept. */
    isReplayed?: boolean;
    /** The URL names no voice (any more), but an answer is kept for the key: only that answer may be given. */
    voiceIsGone?: boolean;
    /** A file that a page loads, one of many. Its log line has level debug. */
    isPartOfPage?: boolean;
    /** The jobs created so far, for the log line. Absent for methods that change nothing. */
    madeJobs?: MadeJob[];
    /** Set if tracing is on. */
    traceId?: string;
  }
}
