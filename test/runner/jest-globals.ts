/**
 * What spec files get when they import `@jest/globals` (resolve-jest-globals.ts): the functions of the test file that
 * runs now. Bindings of a module are live, so helpers that are loaded once for several test files get the right ones.
 */
export let [afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test] = new Array<unknown>(9);

export interface Globals {
  readonly afterAll: unknown;
  readonly afterEach: unknown;
  readonly beforeAll: unknown;
  readonly beforeEach: unknown;
  readonly describe: unknown;
  readonly expect: unknown;
  readonly it: unknown;
  readonly test: unknown;
}

export function setGlobals(globals: Globals, mocker: unknown): void {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } = globals);
  jest = mocker;
}
