import { Inject, Injectable } from '@nestjs/common';
import { inSpan } from '#libs/tracing';
import { admit, closedBreaker, failed, succeeded, type Breaker, type BreakerSettings } from '#libs/service';
import { exchange, type ApiRequest, type Exchange } from './wire/exchange.js';
import { longestOutputBytes } from './wire/output-head.js';
import { pauseAfter, type RefusalPause } from './limits/refusal-pause.js';
import { RequestLimiter } from './limits/request-limiter.js';
import { readRunAnswer, type RunResult } from './wire/run-result.js';
import {
  readCancelAnswer,
  readHealthAnswer,
  readStatusAnswer,
  type CancelResult,
  type HealthResult,
  type StatusResult,
} from './wire/status-result.js';
import { runpodLimits } from './limits/token-bucket.js';

export type RunpodCall = 'run' | 'status' | 'cancel' | 'health';
export type RunpodOutcome = (RunResult | StatusResult | CancelResult | HealthResult)['kind'];

export interface RunpodClientOptions {
  /** `https://api.runpod.ai/v2`, or the emulator's URL. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /**
   * Timeout of a request, from connecting to the last byte. Above 10 s, undici's own connect timeout distinguishes a
   * server that accepts no connections from one that does not respond, so that a submission may be repeated.
   */
  readonly timeoutMs: number;
  readonly breaker?: BreakerSettings;
  /** Called after each call with its duration, from waiting for its turn to the last byte. */
  readonly onCall?: (call: RunpodCall, outcome: RunpodOutcome, seconds: number) => void;
}

/** Injects the `RunpodClientOptions`. */
export const RUNPOD_CLIENT_OPTIONS = Symbol('RunpodClientOptions');

export interface RequestOptions {
  /** Ends the wait for a turn. A request that was sent is finished. */
  readonly signal?: AbortSignal;
}

interface Endpoint {
  readonly run: RequestLimiter;
  readonly status: RequestLimiter;
  readonly cancel: RequestLimiter;
  breaker: Breaker;
  /** Applies to submissions only: an account without balance can still read the status of jobs. */
  pause: RefusalPause | null;
}

/** Why and for how long no submission is sent to an endpoint. */
export interface HoldOff {
  readonly afterMs: number;
  /** One sentence for operators. */
  readonly why: string;
}

const defaultBreaker: BreakerSettings = { opensAfter: 5, openMs: 10_000 };
// The limit of the output, and room for the other fields of /status.
const maxAnswerBytes = longestOutputBytes + 64 * 1024;

/**
 * Client of RunPod serverless endpoints (docs.runpod.io, serverless, "Endpoint operations").
 *
 * Returns outcomes as values and never throws, so that the caller decides in one place what to do next. Sends each
 * request at most once: only the caller may repeat it. Requests wait for RunPod's rate limits, as far as this process
 * knows them. If an endpoint does not respond, calls return immediately for a while, with the time to wait in
 * `retryAfterMs`.
 */
@Injectable()
export class RunpodClient {
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly allPolls = new RequestLimiter(runpodLimits.allPolls);
  private readonly breakerSettings: BreakerSettings;

  /** @throws TypeError for an API key that cannot be sent in a header */
  constructor(@Inject(RUNPOD_CLIENT_OPTIONS) private readonly options: RunpodClientOptions) {
    if (!/^[\x21-\x7e]+$/.test(options.apiKey)) throw new TypeError('RUNPOD_API_KEY must be plain characters');
    this.breakerSettings = options.breaker ?? defaultBreaker;
  }

  /** Submits a job. @param body from `buildRunRequest` */
  async run(endpointId: string, body: string, { signal }: RequestOptions = {}): Promise<RunResult> {
    const endpoint = this.endpoint(endpointId);
    return this.watched('run', endpointId, async () => {
      const exchanged = await this.send(endpointId, 'POST', 'run', [endpoint.run], signal, body);
      const result = readRunAnswer(exchanged, endpointId);
      endpoint.pause = pauseAfter(endpoint.pause, result, performance.now());
      return result;
    });
  }

  /** Reads the state of a job. */
  async status(endpointId: string, runpodJobId: string, { signal }: RequestOptions = {}): Promise<StatusResult> {
    const turns = [this.allPolls, this.endpoint(endpointId).status];
    const path = `status/${encodeURIComponent(runpodJobId)}`;
    return this.watched('status', endpointId, async () =>
      readStatusAnswer(await this.send(endpointId, 'GET', path, turns, signal), endpointId, runpodJobId),
    );
  }

  /** Cancels a job. */
  async cancel(endpointId: string, runpodJobId: string, { signal }: RequestOptions = {}): Promise<CancelResult> {
    const turns = [this.endpoint(endpointId).cancel];
    const path = `cancel/${encodeURIComponent(runpodJobId)}`;
    return this.watched('cancel', endpointId, async () =>
      readCancelAnswer(await this.send(endpointId, 'POST', path, turns, signal), endpointId),
    );
  }

  /** Reads the load of an endpoint. */
  async health(endpointId: string): Promise<HealthResult> {
    return this.watched('health', endpointId, async () =>
      readHealthAnswer(await this.send(endpointId, 'GET', 'health', []), endpointId),
    );
  }

  /** Returns for how long no submission should be sent to an endpoint; null if they may be sent. */
  holdOff(endpointId: string): HoldOff | null {
    const { breaker, pause } = this.endpoint(endpointId);
    const left = (untilMs: number): number => Math.ceil(untilMs - performance.now());
    const pauseMs = pause === null ? 0 : left(pause.untilMs);
    if (pause !== null && pauseMs > 0) return { afterMs: pauseMs, why: pause.message };
    const openMs = breaker.kind === 'closed' ? 0 : left(breaker.untilMs);
    return openMs > 0 ? { afterMs: openMs, why: 'RunPod did not answer lately' } : null;
  }

  /** Measures and traces a call. The trace ends here: RunPod passes no trace headers on to the handler. */
  private watched<T extends { readonly kind: RunpodOutcome }>(
    call: RunpodCall,
    endpointId: string,
    work: () => Promise<T>,
  ): Promise<T> {
    const startedAt = performance.now();
    const attributes = { 'timbre.runpod_endpoint': endpointId };
    return inSpan(`RunPod ${call}`, { role: 'client', attributes }, async (describe) => {
      const result = await work();
      describe({ 'timbre.outcome': result.kind });
      this.options.onCall?.(call, result.kind, (performance.now() - startedAt) / 1000);
      return result;
    });
  }

  private async send(
    endpointId: string,
    method: ApiRequest['method'],
    path: string,
    turns: readonly RequestLimiter[],
    signal?: AbortSignal,
    body?: string,
  ): Promise<Exchange> {
    const endpoint = this.endpoint(endpointId);
    try {
      for (const limiter of turns) await limiter.turn(signal);
    } catch {
      return { kind: 'not_sent', retryAfterMs: null, detail: 'aborted before it was sent' };
    }
    const { breaker, retryAfterMs } = admit(endpoint.breaker, this.breakerSettings, performance.now());
    endpoint.breaker = breaker;
    if (retryAfterMs > 0) return { kind: 'not_sent', retryAfterMs, detail: 'the endpoint did not answer lately' };

    const { baseUrl, apiKey, timeoutMs } = this.options;
    const url = `${baseUrl.replace(/\/+$/, '')}/${encodeURIComponent(endpointId)}/${path}`;
    const request: ApiRequest = { method, url, apiKey, ...(body === undefined ? {} : { body }) };
    const result = await exchange(request, { timeoutMs, maxAnswerBytes });
    endpoint.breaker = isAlive(result)
      ? succeeded()
      : failed(endpoint.breaker, this.breakerSettings, performance.now());
    return result;
  }

  private endpoint(endpointId: string): Endpoint {
    const known = this.endpoints.get(endpointId);
    if (known) return known;
    const made: Endpoint = {
      run: new RequestLimiter(runpodLimits.run),
      status: new RequestLimiter(runpodLimits.status),
      cancel: new RequestLimiter(runpodLimits.cancel),
      breaker: closedBreaker,
      pause: null,
    };
    this.endpoints.set(endpointId, made);
    return made;
  }
}

/** True if the endpoint responded without a server error. */
function isAlive(result: Exchange): boolean {
  return result.kind === 'oversized' || (result.kind === 'answered' && result.status < 500);
}
