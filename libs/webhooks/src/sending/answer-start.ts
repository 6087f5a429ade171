import type { IncomingMessage } from 'node:http';

/** So much of an answer is kept. */
const keptBytes = 1_000;

/**
 * Returns the start of an answer as text, and closes the connection. The status has been received, so an answer that ends
 * early, or does not end before the deadline of its request, is not a failure.
 *
 * Bytes that are not UTF-8, and NUL, which Postgres cannot store, become U+FFFD.
 */
export async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= keptBytes) break;
    }
  } catch {
    // Cut off, or out of time: what has come is kept.
  }
  response.destroy();
  const start = Buffer.concat(chunks).subarray(0, keptBytes);
  // `stream`: a character that is cut at the end is left out.
  return new TextDecoder().decode(start, { stream: true }).replaceAll('\0', '\uFFFD');
}
