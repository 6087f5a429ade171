import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import type { TestPartner } from '../support/shared-stack.js';

/** A request body of known size. Creates its bytes anew for each request. */
export interface Source {
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
}

const chunkBytes = 1 << 20;

export async function fileSource(file: string): Promise<Source> {
  const { size } = await stat(file);
  return { bytes: size, open: () => createReadStream(file, { highWaterMark: chunkBytes }) };
}

/** Sends a body and returns the text of the response. @throws Error unless the status is 2xx */
export async function send(url: string, headers: http.OutgoingHttpHeaders, body: Source): Promise<string> {
  const request = http.request(url, { method: 'POST', headers: { ...headers, 'Content-Length': body.bytes } });
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  await pipeline(body.open(), request);
  const answer = await answered;
  const said = await text(answer);
  if ((answer.statusCode ?? 500) >= 300) throw new Error(`${url}: ${answer.statusCode} ${said}`);
  return said;
}

/** Creates a voice and streams its recording from a source. */
export const uploadVoice = (partner: TestPartner, voice: string, recording: Source): Promise<void> =>
  sendForm(partner, partner.route(), voice, {
    filename: 'recording.wav',
    contentType: 'audio/wav',
    content: recording,
  });

/** Imports a voice under a name, and streams its archive from a source. */
export const importVoice = (partner: TestPartner, voice: string, archive: Source): Promise<void> =>
  sendForm(partner, `${partner.route()}/import`, voice, {
    filename: 'voice.zip',
    contentType: 'application/zip',
    content: archive,
  });

interface FormFile {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Source;
}

/** Sends a form with a name and a file. */
async function sendForm(partner: TestPartner, route: string, name: string, file: FormFile): Promise<void> {
  const boundary = 'timbre-bench-boundary';
  const part = (disposition: string): string => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const head = Buffer.from(
    `${part('name="name"')}\r\n${name}\r\n${part(`name="file"; filename="${file.filename}"`)}` +
      `Content-Type: ${file.contentType}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const body: Source = {
    bytes: head.length + file.content.bytes + tail.length,
    async *open() {
      yield head;
      yield* file.content.open();
      yield tail;
    },
  };
  const headers = { 'X-Api-Key': partner.key, 'Content-Type': `multipart/form-data; boundary=${boundary}` };
  await send(`${partner.http.baseUrl}${route}`, headers, body);
}

/** Returns a 44.1 kHz stereo WAV of exactly this size: a tone made by repeating one block. */
export function toneWav(bytes: number): Source {
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(bytes - 8, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(44_100, 24);
  header.writeUInt32LE(44_100 * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes - 44, 40);
  const block = Buffer.from(
    Int16Array.from({ length: chunkBytes / 2 }, (_, at) => 8000 * Math.sin((at >> 1) * 0.05)).buffer,
  );
  return {
    bytes,
    async *open() {
      yield header;
      for (let left = bytes - header.length; left > 0; left -= block.length)
        yield block.subarray(0, Math.min(left, block.length));
    },
  };
}
