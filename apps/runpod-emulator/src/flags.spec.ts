import { describe, expect, it } from '@jest/globals';
import { parseFlags } from './flags.js';

const thread = new URL('file:///thread.js');
const needed = ['--ffmpeg', '/bin/ffmpeg'];

describe('parseFlags', () => {
  it('has a default for everything but the key and ffmpeg', () => {
    expect(parseFlags(needed, 'k', thread)).toMatchObject({
      host: '127.0.0.1',
      port: 8900,
      apiKey: 'k',
      ffmpegPath: '/bin/ffmpeg',
      retentionMs: 1_800_000,
      webhookRetryMs: 10_000,
      shortPolicies: false,
      engine: 'acoustic-baseline',
      heartbeatMs: 30_000,
    });
  });

  it.each([
    [[], '--ffmpeg is missing'],
    [['--api-key', 'k', ...needed], '--api-key'],
    [[...needed, '--port', '70000'], '--port must be a whole number'],
    [[...needed, '--retention-seconds', 'long'], '--retention-seconds must be'],
    [[...needed, '--engine', 'magic'], '--engine must be one of acoustic-baseline, worker, not "magic"'],
    [[...needed, '--heartbeat-seconds', '0'], '--heartbeat-seconds must be'],
    [[...needed, '--colour'], 'colour'],
  ])('rejects %j with a sentence', (argv, words) => {
    expect(() => parseFlags(argv, 'k', thread)).toThrow(words);
  });

  it.each([undefined, ''])('rejects the key %j', (key) => {
    expect(() => parseFlags(needed, key, thread)).toThrow('RUNPOD_API_KEY is missing');
  });
});
