import { describe } from '@jest/globals';
import { redisProgram } from './redis-server.js';

const howToGetIt =
  'skipped: it needs Valkey, or Redis 7 or newer, on PATH (Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis)';

/** Describes tests that need a real Valkey or Redis. If none is installed they are skipped with a warning. */
export function describeWithRedis(name: string, tests: () => void): void {
  if (redisProgram !== undefined) {
    describe(name, tests);
    return;
  }
  console.warn(`${name}: ${howToGetIt}`);
  describe.skip(`${name} (${howToGetIt})`, tests);
}
