import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestPartner } from '../../support/shared-stack.js';

export interface RawUploadOptions {
  readonly path: string;
  readonly key: string;
  /** The announced Content-Length. Without it the body is chunked. */
  readonly contentLength?: number;
}

/** An upload over a raw socket, for tests in which it breaks off or is rejected early. */
export class RawUpload {
  private received = '';
  private sentBytes = 0;
  private readonly closed: Promise<unknown>;

  private constructor(
    private readonly socket: Socket,
    /** null if the body is chunked. */
    private readonly contentLength: number | null,
  ) {
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    socket.on('error', (error) => (this.received += `\nconnection: ${error.message}`));
  }

  /** Opens the connection and sends the headers and the start of a form, up to the first byte of its file. */
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

  /** Writes a piece of the body and waits while the server does not read. @returns false if the connection is closed */
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
   * Sends the rest of the announced bytes, or `chunkedBytes` in chunks, for as long as the server accepts them.
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

  /** Ends a chunked body. */
  finish(): void {
    if (this.contentLength === null && this.socket.writable) this.socket.write('0\r\n\r\n');
  }

  /** Resolves with the complete response, or with what was received when the connection closed. */
  async answer(): Promise<string> {
    while (!isWhole(this.received) && !this.socket.destroyed) {
      await Promise.race([new Promise((resolve) => this.socket.once('data', resolve)), this.closed]);
    }
    this.socket.destroy();
    return this.received;
  }

  /** Drops the connection, like a client that is killed or loses its network. */
  abort(how: 'reset' | 'close'): void {
    if (how === 'reset') this.socket.resetAndDestroy();
    else this.socket.destroy();
  }
}

/** Whether as many bytes have arrived as Content-Length announces. */
function isWhole(received: string): boolean {
  const [head = '', body] = received.split('\r\n\r\n', 2);
  return body !== undefined && body.length >= Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
}

/** Returns the path for a partner's recordings, or for samples of a voice. */
export const uploadPath = (partner: TestPartner, voice?: string): string =>
  voice === undefined ? partner.route() : `${partner.route(voice)}/samples`;
