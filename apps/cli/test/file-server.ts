import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from '@jest/globals';
import type { Connection } from '#libs/client';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server whose answers a test decides. */
export class FileServer {
  handle: Handler = (_request, response) => response.writeHead(500).end();
  readonly requests: IncomingMessage[] = [];
  private server: Server | undefined;

  /** Starts it before the tests of a file and stops it behind them. */
  static forThisFile(): FileServer {
    const made = new FileServer();
    beforeAll(() => made.start());
    afterAll(() => made.stop());
    return made;
  }

  get connection(): Connection {
    return { origin: `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}`, key: 'tk_test' };
  }

  private async start(): Promise<void> {
    const answer: Handler = (request, response) => {
      this.requests.push(request);
      this.handle(request, response);
    };
    // Without a listener of its own, Node would accept every body.
    this.server = createServer(answer).on('checkContinue', answer);
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
  }

  private async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
}
