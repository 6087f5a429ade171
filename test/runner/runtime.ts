import type { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire, register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ModuleMocker } from 'jest-mock';
import { setGlobals, type Globals } from './jest-globals.js';

register('./resolve-jest-globals.js', import.meta.url);

const require = createRequire(import.meta.url);
let loaded = 0;

/** What a module has left outside of itself when it was loaded. */
class Leavings {
  readonly #symbols: readonly symbol[];
  readonly #storages: readonly AsyncLocalStorage<unknown>[];

  /** @param load loads the module */
  constructor(load: () => void) {
    const before = new Set(Object.getOwnPropertySymbols(globalThis));
    const storages: AsyncLocalStorage<unknown>[] = [];
    const hooks = require('node:async_hooks') as { AsyncLocalStorage: typeof AsyncLocalStorage };
    const original = hooks.AsyncLocalStorage;
    const isReplaceable = Object.getOwnPropertyDescriptor(hooks, 'AsyncLocalStorage')?.writable === true;
    if (isReplaceable) {
      hooks.AsyncLocalStorage = class<T> extends original<T> {
        constructor() {
          super();
          storages.push(this);
        }
      };
    }
    load();
    if (isReplaceable) hooks.AsyncLocalStorage = original;
    this.#symbols = Object.getOwnPropertySymbols(globalThis).filter((symbol) => !before.has(symbol));
    this.#storages = storages;
  }

  remove(): void {
    for (const symbol of this.#symbols) Reflect.deleteProperty(globalThis, symbol);
    for (const storage of this.#storages) storage.disable();
  }
}

/**
 * Jest's `runtime`, which loads modules, replaced by Node's own loader: test files run as `npm run build` compiled
 * them, and what they import is loaded once for each worker. Jest's own runtime loads some 2,000 modules again for
 * each test file, in a context of its own.
 *
 * Spec files share a process, so a spec undoes what it does to clocks and to globals. environment.ts restores `process.env`.
 */
export default class Runtime {
  readonly #leavings: Leavings[] = [];

  constructor(private readonly config: { readonly rootDir: string }) {}

  /**
   * jest-circus keeps its state in the module: each test file starts with a new one. It also leaves handlers of events in
   * `globalThis` and an AsyncLocalStorage, at which Node 20 looks for each promise. {@link teardown} removes them; those
   * of a hundred test files would take half of a worker's time.
   */
  requireInternalModule(file: string): unknown {
    delete require.cache[file];
    this.#leavings.push(new Leavings(() => void require(file)));
    return require(file);
  }

  requireModule(file: string): unknown {
    return require(file);
  }

  unstable_shouldLoadAsEsm(): boolean {
    return true;
  }

  /** @param source a test file in TypeScript; the compiled one is loaded, anew also when a worker had it before */
  async unstable_importModule(source: string): Promise<void> {
    const compiled = path.join('dist', path.relative(this.config.rootDir, source)).replace(/\.ts$/, '.js');
    const url = pathToFileURL(path.join(this.config.rootDir, compiled));
    await import(`${url.href}?${(loaded += 1)}`);
  }

  setGlobalsForRuntime(globals: Globals): void {
    setGlobals(globals, new ModuleMocker(globalThis));
  }

  /** None of Jest's making: it finds those of the build beside the compiled files. */
  getSourceMaps(): Map<string, string> {
    return new Map();
  }

  getAllCoverageInfoCopy(): undefined {
    return undefined;
  }

  enterTestCode(): void {}
  leaveTestCode(): void {}

  teardown(): void {
    for (const leavings of this.#leavings) leavings.remove();
  }
}
