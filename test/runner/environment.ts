/**
 * Jest's `testEnvironment` that goes with runtime.ts: this process as it is, without a context of node:vm. A test file's
 * changes of `process.env` end with it.
 */
export default class Environment {
  private readonly env = { ...process.env };

  /** Where Jest puts its own things; not `globalThis`, which outlives a test file. */
  readonly global = {};

  constructor(_config: unknown, context: { readonly console: Console }) {
    globalThis.console = context.console;
  }

  getVmContext(): null {
    return null;
  }

  setup(): Promise<void> {
    return Promise.resolve();
  }

  teardown(): Promise<void> {
    for (const name of Object.keys(process.env)) if (!(name in this.env)) delete process.env[name];
    Object.assign(process.env, this.env);
    return Promise.resolve();
  }
}
