import { describe, expect, it } from '@jest/globals';
import { parseFlags } from './flags.js';

const thread = new URL('file:///thread.js');
const needed = ['--api-key', 'k', '--ffmpeg', '/bin/ffmpeg'];

describe('parseFlags', () => {
  it('has a default for all but the key and ffmpeg', () => {
    expect(parseFlags(needed, thread)).toMatchObject({
      host: '127.0.0.1',
      port: 8900,
      apiKey: 'k',
      ffmpegPath: '/bin/ffmpeg',
      retentionMs: 1_800_000,
      webhookRetryMs: 10_000,
      shortPolicies: false,
    });
  });

  it.each([
    [['--ffmpeg', 'x'], '--api-key is missing'],
    [['--api-key', 'x'], '--ffmpeg is missing'],
    [[...needed, '--port', '70000'], '--port must be a whole number'],
    [[...needed, '--retention-seconds', 'long'], '--retention-seconds must be'],
    [[...needed, '--colour'], 'colour'],
  ])('refuses %j in words', (argv, words) => {
    expect(() => parseFlags(argv, thread)).toThrow(words);
  });
});
