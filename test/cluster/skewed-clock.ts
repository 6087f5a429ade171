/*
 * Loaded into a process before anything else (NODE_OPTIONS --import), this makes its clock differ from the machine's by
 * TEST_CLOCK_SKEW_MS, as a machine's does whose time nobody keeps. Timers and performance.now() go on as they are.
 */
const skewMs = Number(process.env['TEST_CLOCK_SKEW_MS'] ?? 0);
const trueNow = Date.now.bind(Date);

globalThis.Date = new Proxy(Date, {
  construct: (target, args: readonly unknown[]) =>
    Reflect.construct(target, args.length === 0 ? [trueNow() + skewMs] : args) as Date,
  apply: (target) => new target(trueNow() + skewMs).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? (): number => trueNow() + skewMs : (Reflect.get(target, name, receiver) as unknown),
});
