import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Schema } from '#libs/client';
import { CliFailure } from '../failure.js';

export type Message = Schema<'WebhookMessage'>;

/** A request that a receiver was sent. */
export interface Delivery {
  readonly id: string;
  /** Undefined if the signature does not match: then anybody may have sent it. */
  readonly message: Message | undefined;
  /** Why it was refused. */
  readonly refusal?: string;
  /** Whether its id was seen before: Timbre sends a message again until it gets an answer. */
  readonly isRepeated: boolean;
}

/** Messages are far smaller. */
const maxBodyBytes = 1024 * 1024;

/** Verifies messages as receivers should (docs/webhooks.md): by the bytes as they came. */
export class Verifier {
  private readonly webhook: Webhook;
  private readonly seen = new Set<string>();

  /** @throws CliFailure if it is no secret of a webhook */
  constructor(secret: string) {
    try {
      this.webhook = new Webhook(secret);
    } catch {
      throw new CliFailure('The secret of a webhook starts with whsec_, and base64 follows');
    }
  }

  verify(body: Buffer, headers: IncomingHttpHeaders): Delivery {
    const id = String(headers['webhook-id'] ?? '');
    try {
      const message = this.webhook.verify(body, headers as Record<string, string>) as Message;
      const isRepeated = this.seen.has(id);
      this.seen.add(id);
      return { id, message, isRepeated };
    } catch (error) {
      return { id, message: undefined, refusal: (error as Error).message, isRepeated: false };
    }
  }
}

/** Listens for messages. Answers 204 to those whose signature is right, 401 to others. */
export async function receive(
  verifier: Verifier,
  { host, port, onDelivery }: { host: string; port: number; onDelivery: (delivery: Delivery) => void },
): Promise<Receiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBodyBytes) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => {
      if (request.method !== 'POST') {
        response.writeHead(405, { Allow: 'POST' }).end();
        return;
      }
      const delivery = verifier.verify(Buffer.concat(chunks), request.headers);
      response.writeHead(delivery.message ? 204 : 401).end();
      onDelivery(delivery);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new CliFailure(`Port ${port} cannot be used: ${error.message}`)));
    server.listen(port, host, resolve);
  });
  return new Receiver(server);
}

export class Receiver {
  constructor(private readonly server: Server) {}

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
