import { describe } from '@jest/globals';
import { redisProgram } from './redis-server.js';

const howToGetIt =
  'skipped: it needs Valkey, or Redis 7 or newer, on PATH (Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis)';

/** Tests against servers that only a real Valkey or Redis can be; skipped, with a word, where there is none. */
export function describeWithRedis(name: string, tests: () => void): void {
  if (redisProgram !== undefined) {
    describe(name, tests);
    return;
  }
  console.warn(`${name}: ${howToGetIt}`);
  describe.skip(`${name} (${howToGetIt})`, tests);
}
