import type { RequestHandler } from 'express';
import { actingAs, type Actor } from '#libs/audit';
import { collectingJobs, type MadeJob } from '#libs/logging';

/** Methods that change nothing (RFC 9110 §9.2.1): there is nothing to note. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whatever a request changes is noted in the name of its key, which a guard has found out by then; the jobs it makes are
 * collected for its log line.
 */
export const followChanges: RequestHandler = (request, _response, next) => {
  if (safeMethods.has(request.method)) return next();
  const madeJobs: MadeJob[] = [];
  request.madeJobs = madeJobs;
  const actor = (): Actor => {
    const { caller, id } = request;
    return { kind: caller?.kind ?? 'system', keyId: caller?.keyId ?? null, requestId: id };
  };
  actingAs(actor, () => collectingJobs(madeJobs, next));
};
