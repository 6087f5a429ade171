import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { EmulatorOptions } from './emulator-options.js';

export const USAGE =
  'Usage: main.js --api-key KEY --ffmpeg PATH [--host 127.0.0.1] [--port 8900] [--retention-seconds 1800] ' +
  '[--workers N] [--webhook-retry-ms 10000] [--short-policies]';

const flags = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8900' },
  'api-key': { type: 'string' },
  ffmpeg: { type: 'string' },
  'retention-seconds': { type: 'string', default: '1800' },
  workers: { type: 'string', default: String(availableParallelism()) },
  'webhook-retry-ms': { type: 'string', default: '10000' },
  'short-policies': { type: 'boolean', default: false },
} as const;

/**
 * The emulator's options out of its command line.
 *
 * @throws Error with a sentence that names the flag, when one is unknown, missing or no number
 */
export function parseFlags(argv: readonly string[], engineThread: URL): EmulatorOptions {
  const { values } = parseArgs({ args: [...argv], options: flags, strict: true });
  return {
    host: values.host,
    port: whole('port', values.port, 0, 65535),
    apiKey: required('api-key', values['api-key']),
    ffmpegPath: required('ffmpeg', values.ffmpeg),
    retentionMs: whole('retention-seconds', values['retention-seconds'], 0, 7 * 86400) * 1000,
    workers: whole('workers', values.workers, 1, 1000),
    webhookRetryMs: whole('webhook-retry-ms', values['webhook-retry-ms'], 0, 3600_000),
    shortPolicies: values['short-policies'],
    engineThread,
  };
}

function required(flag: string, value: string | undefined): string {
  if (!value) throw new Error(`--${flag} is missing.`);
  return value;
}

function whole(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`--${flag} must be a whole number from ${least} to ${most}, not "${text}".`);
}
