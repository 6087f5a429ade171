import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestPartner } from '../../support/shared-stack.js';

export interface RawUploadOptions {
  readonly path: string;
  readonly key: string;
  /** What the client says it will send; left out: it comes in chunks. */
  readonly contentLength?: number;
}

/** An upload written byte by byte, for everything that goes wrong on the way. */
export class RawUpload {
  private received = '';
  private sentBytes = 0;
  private readonly closed: Promise<unknown>;

  private constructor(
    private readonly socket: Socket,
    /** null: it comes in chunks. */
    private readonly contentLength: number | null,
  ) {
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    socket.on('error', (error) => (this.received += `\nconnection: ${error.message}`));
  }

  /** Opens the connection and sends the headers and the beginning of a form up to its file's bytes. */
  static async begin(baseUrl: string, options: RawUploadOptions): Promise<RawUpload> {
    const { hostname, port } = new URL(baseUrl);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const { contentLength } = options;
    const upload = new RawUpload(socket, contentLength ?? null);
    const length = contentLength === undefined ? 'Transfer-Encoding: chunked' : `Content-Length: ${contentLength}`;
    const headers = [
      `POST /api${options.path} HTTP/1.1`,
      ...['Host: timbre', `X-Api-Key: ${options.key}`, 'Content-Type: multipart/form-data; boundary=x', length],
    ];
    socket.write(`${headers.join('\r\n')}\r\n\r\n`);
    await upload.send('--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nraw\r\n');
    await upload.send('--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n');
    return upload;
  }

  /** Writes a piece of the body, waiting where the server does not read. @returns false when the connection is gone */
  async send(piece: string | Buffer): Promise<boolean> {
    if (this.socket.destroyed || !this.socket.writable) return false;
    this.sentBytes += piece.length;
    const framed =
      this.contentLength === null
        ? Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), Buffer.from(piece), Buffer.from('\r\n')])
        : piece;
    if (this.socket.write(framed)) return true;
    await Promise.race([new Promise((resolve) => this.socket.once('drain', resolve)), this.closed]);
    return !this.socket.destroyed;
  }

  /**
   * Sends the rest of what was announced, or so many bytes in chunks, for as long as the server takes them.
   *
   * @returns the answer
   */
  async sendRest(chunkedBytes: number): Promise<string> {
    const wanted = this.contentLength ?? chunkedBytes;
    const sendOne = async (): Promise<boolean> =>
      this.sentBytes < wanted && this.send(Buffer.alloc(Math.min(64 * 1024, wanted - this.sentBytes)));
    while (await sendOne());
    this.finish();
    return this.answer();
  }

  /** Says that the body is whole. */
  finish(): void {
    if (this.contentLength === null && this.socket.writable) this.socket.write('0\r\n\r\n');
  }

  /** Resolves with the whole answer, or with what there is of it when the connection has ended. */
  async answer(): Promise<string> {
    while (!isWhole(this.received) && !this.socket.destroyed) {
      await Promise.race([new Promise((resolve) => this.socket.once('data', resolve)), this.closed]);
    }
    this.socket.destroy();
    return this.received;
  }

  /** Goes away without a word, as a client that loses its network or is killed. */
  abort(how: 'reset' | 'close'): void {
    if (how === 'reset') this.socket.resetAndDestroy();
    else this.socket.destroy();
  }
}

/** Is all there that Content-Length promises? */
function isWhole(received: string): boolean {
  const [head = '', body] = received.split('\r\n\r\n', 2);
  return body !== undefined && body.length >= Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
}

/** Where recordings and samples of a partner are sent. */
export const uploadPath = (partner: TestPartner, voice?: string): string =>
  voice === undefined ? partner.route() : `${partner.route(voice)}/samples`;
