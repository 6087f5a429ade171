import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { hostOf } from '../webhook-url.js';
import { readStart } from './answer-start.js';
import { isPublicAddress } from './public-address.js';
import type { ResolveHost } from './resolve-host.js';

/** What came of one attempt. */
export type Attempt =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'timed_out' | 'unreachable' | 'forbidden'; readonly error: string };

export interface SenderOptions {
  readonly resolveHost: ResolveHost;
  /** Also connects to private addresses. */
  readonly allowPrivate: boolean;
  /** For everything: DNS, connection, TLS, request and answer. */
  readonly timeoutMs: number;
}

export interface OutgoingMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

/** The URL leads to an address of the inside. */
class PrivateAddress extends Error {}

/**
 * Sends messages to URLs of strangers.
 *
 * A connection is opened only to an address that was judged: the name is resolved once, and the socket gets the judged
 * addresses instead of the name. So a name server cannot answer differently in between (DNS rebinding). Redirects are not
 * followed, no connection is reused, and no proxy is used.
 */
export class WebhookSender {
  constructor(private readonly options: SenderOptions) {}

  /** @throws only what `stopping` aborts with */
  async send(message: OutgoingMessage, stopping: AbortSignal): Promise<Attempt> {
    const deadline = AbortSignal.timeout(this.options.timeoutMs);
    const signal = AbortSignal.any([deadline, stopping]);
    try {
      return await this.post(message, signal);
    } catch (error) {
      stopping.throwIfAborted();
      if (deadline.aborted) {
        return { kind: 'timed_out', error: `The endpoint did not answer within ${this.options.timeoutMs / 1000} s` };
      }
      if (error instanceof PrivateAddress) return { kind: 'forbidden', error: error.message };
      return { kind: 'unreachable', error: unreachable(error) };
    }
  }

  private async post({ url: text, headers, payload }: OutgoingMessage, signal: AbortSignal): Promise<Attempt> {
    const url = new URL(text);
    const addresses = await this.addressesOf(hostOf(url), signal);
    const response = await request(url, addresses, { headers: { ...sameHeaders, ...headers }, signal }, payload);
    const body = await readStart(response);
    return { kind: 'answered', status: response.statusCode ?? 0, body };
  }

  /** Returns the addresses of a host to which a connection is allowed, at least one. */
  private async addressesOf(host: string, signal: AbortSignal): Promise<readonly string[]> {
    const found = await unlessAborted(this.options.resolveHost(host, signal), signal);
    const allowed = this.options.allowPrivate ? found : found.filter(isPublicAddress);
    if (found.length > 0 && allowed.length === 0) {
      throw new PrivateAddress('The URL leads to a private address, which is not allowed');
    }
    if (allowed.length === 0) throw new Error('The host name could not be resolved');
    return allowed;
  }
}

const sameHeaders = { 'Content-Type': 'application/json', 'User-Agent': 'Timbre-Webhooks' } as const;

/** Sends the request. Resolves with the head of the answer, whose body is not read yet. */
function request(
  url: URL,
  addresses: readonly string[],
  { headers, signal }: Pick<RequestOptions, 'headers' | 'signal'>,
  payload: string,
): Promise<IncomingMessage> {
  const judged = addresses.map((address) => ({ address, family: isIP(address) }));
  // A socket asks for all addresses, or for one. It does not ask for an IP address, which was judged as such.
  const lookup: LookupFunction = (_host, { all }, done) => {
    const [first] = judged;
    if (all) done(null, judged);
    else done(null, first?.address ?? '', first?.family);
  };
  const { request: open } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(payload);
    const outgoing = open(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'Content-Length': length },
      lookup,
      ...(signal && { signal }),
    });
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    // An answer that asks for another protocol. Without a listener, Node destroys the socket without an error.
    outgoing.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('The endpoint did not answer with HTTP'));
    });
    outgoing.end(payload);
  });
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(new Error('aborted'));
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

/** Says in one sentence why there was no answer. */
function unreachable(error: unknown): string {
  const known = error as Partial<NodeJS.ErrnoException>;
  const why = known.code ?? known.message ?? 'unknown';
  return /^The /.test(why) ? why : `The connection failed (${why})`;
}
