import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import express from 'express';

/*
 * The HTTP reference: a minimal Node and Express server that does the same work as Timbre's API.
 *
 * Arguments: port, folder for uploads, file to send, file with the JSON object to answer.
 */
const [port = '0', folder = '', sent = '', answered = ''] = process.argv.slice(2);

/** Hashes a body, writes it to disk and syncs it. */
async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = createHash('sha256');
  const file = await open(path.join(folder, 'received'), 'w');
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      hash.update(chunk);
      await file.write(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  response.end(hash.digest('hex'));
}

async function main(): Promise<void> {
  const constant: unknown = JSON.parse(await readFile(answered, 'utf8'));
  const app = express();
  app.get('/constant', (_, response) => void response.json(constant));
  app.get('/file', (_, response) => response.sendFile(sent, { headers: { 'Content-Type': 'audio/ogg' } }));
  app.post('/upload', receive);
  app.listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
  process.on('disconnect', () => process.exit(0));
}

void main();
