import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A load balancer in front of several APIs. It forwards each connection to the next API that accepts it. */
export class Balancer {
  private turn = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(targets: readonly number[]): Promise<Balancer> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const balancer = new Balancer(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => {
      balancer.turn += 1;
      const order = targets.map((_, at) => targets[(at + balancer.turn) % targets.length] ?? 0);
      forward(client, order);
    });
    return balancer;
  }

  stop(): void {
    this.server.close();
  }
}

/** Reads nothing from the client until an API accepts the connection, so that the next API can be tried. */
function forward(client: Socket, [port, ...others]: readonly number[]): void {
  client.on('error', () => undefined);
  if (port === undefined) return void client.resetAndDestroy();
  const target = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const next = (): void => forward(client, others);
  target.once('error', next);
  target.once('connect', () => {
    target.off('error', next);
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
}
