import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The target of a proxy, read for each connection, because a server may come back at another address. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/**
 * - `pass` forwards
 * - `black_hole` accepts connections and bytes and answers nothing, like a peer behind a dead link (half-open)
 * - `one_way` forwards requests and holds answers back until it passes again
 */
type Mode = 'pass' | 'black_hole' | 'one_way';

/** A client's connection and the proxy's to the server. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Bytes in flight, in order. */
  readonly toServer: (() => void)[];
  readonly toClient: (() => void)[];
}

/** A TCP proxy for tests that can break a connection in the ways networks do. */
export class TcpProxy {
  private readonly listener: Server;
  private readonly pairs = new Set<Pair>();
  /** Clients without a server connection, which they never get. */
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

  /** Returns the number of connected clients, with or without a server connection. */
  get connections(): number {
    return this.pairs.size + this.lost.size;
  }

  /** Forwards new connections again. Those in the black hole stay there. */
  async pass(): Promise<void> {
    this.mode = 'pass';
    this.delayMs = 0;
    for (const forward of this.kept.splice(0)) forward();
    await this.listen();
  }

  /** Resets every connection and refuses new ones until it passes again. */
  async cut(): Promise<void> {
    const closed = this.listener.listening ? once(this.listener, 'close') : Promise.resolve();
    this.listener.close();
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.resetAndDestroy());
    for (const client of this.lost) client.resetAndDestroy();
    await closed;
  }

  /** Drops all bytes in both directions silently. */
  blackHole(): void {
    this.mode = 'black_hole';
    for (const pair of this.pairs) {
      this.pairs.delete(pair);
      this.lost.add(pair.client);
      pair.client.once('close', () => pair.server.destroy());
    }
  }

  /** Forwards requests and holds answers back until it passes again. */
  keepAnswers(): void {
    this.mode = 'one_way';
  }

  /** Delays everything by this time. */
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

  /** In the black hole, neither side learns that the other closed. */
  private end(pair: Pair, other: Socket): void {
    if (this.pairs.delete(pair)) other.destroy();
    this.lost.delete(pair.client);
  }

  /** Forwards the oldest bytes each time, so that the order is kept if the delay becomes shorter. */
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
