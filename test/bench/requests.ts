import http from 'node:http';
import { forEachLimited } from '#libs/service';

export interface Load {
  readonly url: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly requests: number;
  /** Keep-alive connections, each with one request at a time. */
  readonly connections: number;
}

/** Reads a response to its end. @returns its size, and the seconds until its first byte */
export function get(
  url: string,
  headers: http.OutgoingHttpHeaders = {},
  agent?: http.Agent,
): Promise<{ readonly bytes: number; readonly firstByteSeconds: number }> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const request = http.get(url, { headers, ...(agent === undefined ? {} : { agent }) }, (answer) => {
      let bytes = 0;
      let firstByteSeconds = NaN;
      answer.on('data', (chunk: Buffer) => {
        if (bytes === 0) firstByteSeconds = (performance.now() - startedAt) / 1000;
        bytes += chunk.length;
      });
      answer.once('end', () =>
        answer.statusCode === 200
          ? resolve({ bytes, firstByteSeconds })
          : reject(new Error(`${url}: ${answer.statusCode}`)),
      );
      answer.once('error', reject);
    });
    request.once('error', reject);
  });
}

/** Sends requests over keep-alive connections. @returns the seconds that each took */
export async function load({ url, headers = {}, requests, connections }: Load): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const took: number[] = [];
  try {
    await forEachLimited(Array.from({ length: requests }), connections, async () => {
      const startedAt = performance.now();
      await get(url, headers, agent);
      took.push((performance.now() - startedAt) / 1000);
    });
  } finally {
    agent.destroy();
  }
  return took;
}
