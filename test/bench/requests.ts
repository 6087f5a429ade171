import http from 'node:http';
import { atATime } from './measure.js';

export interface Load {
  readonly url: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly requests: number;
  /** Connections kept alive; a request at a time on each. */
  readonly connections: number;
}

/** Reads an answer to its end. @returns its size and when its first byte came, in seconds */
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

/** Makes requests over kept connections. @returns seconds each took */
export async function load({ url, headers = {}, requests, connections }: Load): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const took: number[] = [];
  try {
    await atATime(connections, Array.from({ length: requests }), async () => {
      const startedAt = performance.now();
      await get(url, headers, agent);
      took.push((performance.now() - startedAt) / 1000);
    });
  } finally {
    agent.destroy();
  }
  return took;
}
