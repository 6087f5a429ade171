import type { Request, Response } from 'express';

/**
 * A stream that broke after its answer had begun: the connection is cut by the pipeline, so nobody takes the bytes for
 * whole. That the client went away is nothing to report.
 */
export function failedMidway(request: Request, response: Response): (error: unknown) => void {
  return (error) => {
    if (!response.headersSent) throw error;
    if (!isPrematureClose(error)) request.report(error, 'an answer broke off');
  };
}

function isPrematureClose(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'EPIPE' || code === 'ECONNRESET';
}
