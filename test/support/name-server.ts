import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import ipaddr from 'ipaddr.js';

/** Returns the addresses of a name. Called once for each query. */
export type Zone = (name: string, type: 'A' | 'AAAA') => readonly string[];

const types = new Map([
  [1, 'A'],
  [28, 'AAAA'],
] as const);

/** A DNS server on 127.0.0.1 that answers A and AAAA queries over UDP (RFC 1035). It says that answers may not be cached. */
export class NameServer {
  /** `name type` of each query. */
  readonly queries: string[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly zone: Zone,
  ) {}

  static async start(zone: Zone): Promise<NameServer> {
    const socket = createSocket('udp4');
    const server = new NameServer(socket, zone);
    socket.on('message', (query, from) => socket.send(server.answer(query), from.port, from.address));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return server;
  }

  /** As `dns.setServers` takes it. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async stop(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  private answer(query: Buffer): Buffer {
    const labels: string[] = [];
    let at = 12; // after the header
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const number = query.readUInt16BE(at + 1);
    const type = types.get(number as 1 | 28);
    this.queries.push(`${labels.join('.')} ${type}`);
    const addresses = type === undefined ? [] : this.zone(labels.join('.').toLowerCase(), type);
    const records = addresses.map((address) => {
      const bytes = ipaddr.parse(address).toByteArray();
      // The name as a pointer to the question, type, class IN, a time to live of 0, and the address.
      return Buffer.from([0xc0, 12, 0, number, 0, 1, 0, 0, 0, 0, 0, bytes.length, ...bytes]);
    });
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8180, 2); // a response without an error
    header.writeUInt16BE(records.length, 6);
    header.writeUInt32BE(0, 8); // no authority, nothing additional
    return Buffer.concat([header, query.subarray(12, at + 5), ...records]);
  }
}
