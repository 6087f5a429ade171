import { inSpan } from '#libs/tracing';
import { admit, closedBreaker, failed, succeeded, type Breaker, type BreakerSettings } from './circuit-breaker.js';
import { exchange, type ApiRequest, type Exchange } from './exchange.js';
import { longestOutputBytes } from './job-output.js';
import { RequestLimiter } from './request-limiter.js';
import { readRunAnswer, type RunResult } from './run-result.js';
import {
  readCancelAnswer,
  readHealthAnswer,
  readStatusAnswer,
  type CancelResult,
  type HealthResult,
  type StatusResult,
} from './status-result.js';
import { runpodLimits } from './token-bucket.js';

export type RunpodCall = 'run' | 'status' | 'cancel' | 'health';
export type RunpodOutcome = (RunResult | StatusResult | CancelResult | HealthResult)['kind'];

export interface RunpodClientOptions {
  /** `https://api.runpod.ai/v2`, or the emulator's. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /**
   * For each request, from connecting to its last byte. Over 10 s, a server that does not even accept connections is
   * told from one that does not answer (undici's own connect time-out), and a submission may then be repeated.
   */
  readonly timeoutMs: number;
  readonly breaker?: BreakerSettings;
  /** Told of each call, with the time it took from asking for its turn to its last byte. */
  readonly onCall?: (call: RunpodCall, outcome: RunpodOutcome, seconds: number) => void;
}

export interface RequestOptions {
  /** Gives up waiting for a turn; a request that was sent is finished. */
  readonly signal?: AbortSignal;
}

interface Endpoint {
  readonly run: RequestLimiter;
  readonly status: RequestLimiter;
  readonly cancel: RequestLimiter;
  breaker: Breaker;
}

const defaultBreaker: BreakerSettings = { opensAfter: 5, openMs: 10_000 };
// The output's own limit, and room for what /status puts around it.
const maxAnswerBytes = longestOutputBytes + 64 * 1024;

/**
 * Talks to RunPod serverless endpoints (docs.runpod.io, serverless, "Endpoint operations").
 *
 * Outcomes are values, never exceptions, so that what to do next is decided in one place. Each request is sent at
 * most once: repeating is the caller's decision. Requests wait their turn under RunPod's limits, as far as this
 * process can know, and an endpoint that stopped answering is left alone for a while (answers then come at once,
 * with the time to wait in `retryAfterMs`).
 */
export class RunpodClient {
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly allPolls = new RequestLimiter(runpodLimits.allPolls);
  private readonly breakerSettings: BreakerSettings;

  /** @throws TypeError for an API key that cannot be sent in a header */
  constructor(private readonly options: RunpodClientOptions) {
    if (!/^[\x21-\x7e]+$/.test(options.apiKey)) throw new TypeError('RUNPOD_API_KEY must be plain characters');
    this.breakerSettings = options.breaker ?? defaultBreaker;
  }

  /** Submits a job. @param body made by `buildRunRequest` */
  async run(endpointId: string, body: string, { signal }: RequestOptions = {}): Promise<RunResult> {
    const turns = [this.endpoint(endpointId).run];
    return this.watched('run', endpointId, async () =>
      readRunAnswer(await this.send(endpointId, 'POST', 'run', turns, signal, body), endpointId),
    );
  }

  /** Asks for the state of a job. */
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

  /** Asks how busy an endpoint is. */
  async health(endpointId: string): Promise<HealthResult> {
    return this.watched('health', endpointId, async () =>
      readHealthAnswer(await this.send(endpointId, 'GET', 'health', []), endpointId),
    );
  }

  /** How long an endpoint is left alone yet, in milliseconds; 0 when requests may go out. */
  holdOffMs(endpointId: string): number {
    const { breaker } = this.endpoint(endpointId);
    return breaker.kind === 'closed' ? 0 : Math.max(0, Math.ceil(breaker.untilMs - performance.now()));
  }

  /** Tells operators of a call. Its trace stays with us: RunPod hands nothing of it on to the handler. */
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
    };
    this.endpoints.set(endpointId, made);
    return made;
  }
}

/** Did the endpoint say anything that is not trouble of its own? */
function isAlive(result: Exchange): boolean {
  return result.kind === 'oversized' || (result.kind === 'answered' && result.status < 500);
}
