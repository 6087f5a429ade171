/*
 * Loaded into a process first, by NODE_OPTIONS --import. Moves its clock by TEST_CLOCK_SKEW_MS, to simulate a machine
 * without time synchronisation. Timers and performance.now() are not affected.
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
