import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where a proxy sends what it gets; asked for each connection, since servers may come back elsewhere. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/**
 * - `pass` forwards
 * - `black_hole` takes connections and bytes and answers nothing, as a peer behind a dead link: half-open
 * - `one_way` forwards what clients send and keeps back what the server answers, until it passes again
 */
type Mode = 'pass' | 'black_hole' | 'one_way';

/** A client's connection and ours to the server. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** What is on its way, in order. */
  readonly toServer: (() => void)[];
  readonly toClient: (() => void)[];
}

/** A TCP proxy for tests that can break a connection in the ways networks do. */
export class TcpProxy {
  private readonly listener: Server;
  private readonly pairs = new Set<Pair>();
  /** Clients that are connected to nobody, and stay so. */
  private readonly lost = new Set<Socket>();
  private readonly kept: (() => void)[] = [];
  private mode: Mode = 'pass';
  private delayMs = 0;

  private constructor(
    readonly port: number,
    private readonly target: ProxyTarget,
  ) {
    this.listener = createServer((client) => this.take(client));
  }

  static async start(port: number, target: ProxyTarget): Promise<TcpProxy> {
    const proxy = new TcpProxy(port, target);
    await proxy.listen();
    return proxy;
  }

  /** How many clients are connected, to the server or to nobody. */
  get connections(): number {
    return this.pairs.size + this.lost.size;
  }

  /** All is well, for new connections; those that fell into the black hole never come back. */
  async pass(): Promise<void> {
    this.mode = 'pass';
    this.delayMs = 0;
    for (const forward of this.kept.splice(0)) forward();
    await this.listen();
  }

  /** Resets every connection and refuses new ones, until it passes again. */
  async cut(): Promise<void> {
    const closed = this.listener.listening ? once(this.listener, 'close') : Promise.resolve();
    this.listener.close();
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.resetAndDestroy());
    for (const client of this.lost) client.resetAndDestroy();
    await closed;
  }

  /** From now on nothing comes through in either direction, and nobody is told. */
  blackHole(): void {
    this.mode = 'black_hole';
    for (const pair of this.pairs) {
      this.pairs.delete(pair);
      this.lost.add(pair.client);
      pair.client.once('close', () => pair.server.destroy());
    }
  }

  /** Requests arrive, answers are kept back until it passes again. */
  keepAnswers(): void {
    this.mode = 'one_way';
  }

  /** Everything arrives this much later. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  async stop(): Promise<void> {
    await this.cut();
  }

  private async listen(): Promise<void> {
    if (this.listener.listening) return;
    this.listener.listen(this.port, '127.0.0.1');
    await once(this.listener, 'listening');
  }

  private take(client: Socket): void {
    client.on('error', () => client.destroy());
    if (this.mode === 'black_hole') {
      this.lost.add(client);
      client.resume();
      client.once('close', () => this.lost.delete(client));
      return;
    }
    const server = connect(this.target);
    const pair: Pair = { client, server, toServer: [], toClient: [] };
    this.pairs.add(pair);
    server.on('error', () => server.destroy());
    client.on('data', (data) => this.forward(pair, pair.toServer, () => server.write(data)));
    server.on('data', (data) => {
      const answer = (): void => this.forward(pair, pair.toClient, () => client.write(data));
      if (this.mode === 'one_way') this.kept.push(answer);
      else answer();
    });
    client.once('close', () => this.end(pair, server));
    server.once('close', () => this.end(pair, client));
  }

  /** A pair in the black hole is not told that its other end closed. */
  private end(pair: Pair, other: Socket): void {
    if (this.pairs.delete(pair)) other.destroy();
    this.lost.delete(pair.client);
  }

  /** Hands on the oldest that waits each time, so that nothing is overtaken when the delay becomes shorter. */
  private forward(pair: Pair, waiting: (() => void)[], write: () => void): void {
    if (this.delayMs === 0 && waiting.length === 0) {
      if (this.pairs.has(pair)) write();
      return;
    }
    waiting.push(write);
    setTimeout(() => {
      const oldest = waiting.shift();
      if (this.pairs.has(pair)) oldest?.();
    }, this.delayMs);
  }
}
