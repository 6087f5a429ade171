import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { engineKinds, type EmulatorOptions, type EngineKind } from './emulator-options.js';

export const usage =
  'Usage: RUNPOD_API_KEY=… main.js --ffmpeg PATH [--host 127.0.0.1] [--port 8900] [--retention-seconds 1800] ' +
  '[--engine acoustic-baseline|worker] [--heartbeat-seconds 30] [--workers N] [--webhook-retry-ms 10000] [--short-policies]';

const flags = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8900' },
  ffmpeg: { type: 'string' },
  'retention-seconds': { type: 'string', default: '1800' },
  engine: { type: 'string', default: 'acoustic-baseline' },
  'heartbeat-seconds': { type: 'string', default: '30' },
  workers: { type: 'string', default: String(availableParallelism()) },
  'webhook-retry-ms': { type: 'string', default: '10000' },
  'short-policies': { type: 'boolean', default: false },
} as const;

/**
 * Parses the command line.
 *
 * @param apiKey from the environment, because every user of the machine can read a command line
 * @throws Error that names an unknown, missing or invalid flag, or the missing key
 */
export function parseFlags(argv: readonly string[], apiKey: string | undefined, engineThread: URL): EmulatorOptions {
  const { values } = parseArgs({ args: [...argv], options: flags, strict: true });
  return {
    host: values.host,
    port: whole('port', values.port, 0, 65535),
    apiKey: required('RUNPOD_API_KEY', apiKey),
    ffmpegPath: required('--ffmpeg', values.ffmpeg),
    retentionMs: whole('retention-seconds', values['retention-seconds'], 0, 7 * 86400) * 1000,
    engine: engineKind(values.engine),
    heartbeatMs: whole('heartbeat-seconds', values['heartbeat-seconds'], 1, 3600) * 1000,
    workers: whole('workers', values.workers, 1, 1000),
    webhookRetryMs: whole('webhook-retry-ms', values['webhook-retry-ms'], 0, 3600_000),
    shortPolicies: values['short-policies'],
    engineThread,
  };
}

function engineKind(text: string): EngineKind {
  const kind = engineKinds.find((each) => each === text);
  if (kind === undefined) throw new Error(`--engine must be one of ${engineKinds.join(', ')}, not "${text}"`);
  return kind;
}

function required(name: string, value: string | undefined): string {
  if (!value) throw new Error(`${name} is missing`);
  return value;
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Error(`--${flag} must be a whole number from ${min} to ${max}, not "${text}"`);
}
