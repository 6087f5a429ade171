import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliFailure, isInterruption } from '../failure.js';
import { secondsToRetry, type Outcome } from './retry-decision.js';

export interface PatienceOptions {
  readonly signal: AbortSignal;
  /** Called before a wait, for people who watch. */
  readonly tell: (sentence: string) => void;
}

const hasKey = (method: string): boolean => ['GET', 'HEAD', 'POST'].includes(method);

/** Sends requests again while that helps. */
export class Patience {
  private hasAnswered = false;

  constructor(private readonly options: PatienceOptions) {}

  /**
   * Returns the answer of the first attempt that need not be repeated.
   *
   * @param send sends the request; it is called again for each attempt
   * @throws what the last attempt has thrown, or an AbortError
   */
  async try(method: string, send: () => Promise<Response>): Promise<Response> {
    const { signal, tell } = this.options;
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await send().catch((error: unknown): Outcome => {
        if (signal.aborted || isInterruption(error) || !(error instanceof Error)) throw error;
        if (error instanceof CliFailure) throw error;
        return error;
      });
      const isRepeatable = hasKey(method);
      const seconds = secondsToRetry(outcome, { attempts, isRepeatable, hasAnswered: this.hasAnswered });
      if (outcome instanceof Response) this.hasAnswered = true;
      if (seconds === null) {
        if (outcome instanceof Response) return outcome;
        throw outcome;
      }
      const why = outcome instanceof Response ? `Timbre answers ${outcome.status}` : 'The connection is lost';
      tell(`${why}. Trying again in ${seconds} s`);
      if (outcome instanceof Response) await outcome.body?.cancel();
      await sleep(seconds * 1000, undefined, { signal });
    }
  }

  /** A `fetch` for the client of the routes: every POST has an `Idempotency-Key`, and nothing is redirected. */
  readonly fetch = (request: Request): Promise<Response> => {
    if (request.method === 'POST') request.headers.set('Idempotency-Key', randomUUID());
    const send = async (): Promise<Response> => {
      const { signal } = this.options;
      const response = await fetch(request.clone(), { redirect: 'manual', signal });
      return notRedirected(response);
    };
    return this.try(request.method, send);
  };
}

/**
 * @throws CliFailure if the address redirects elsewhere, usually from http to https. The key is not sent there, and a
 * redirected POST would become a GET
 */
function notRedirected(response: Response): Response {
  const target = response.headers.get('Location');
  if (response.status < 300 || response.status >= 400 || response.status === 304 || target === null) return response;
  throw new CliFailure(`This address redirects to ${target}. Use --url with the address that Timbre has itself`);
}
