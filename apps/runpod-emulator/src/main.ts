import 'reflect-metadata';
import { parseFlags, USAGE } from './flags.js';
import { startEmulator } from './start-emulator.js';

/** Longest a stop may take before the process ends all the same. */
const STOP_WITHIN_MS = 3000;

async function main(): Promise<void> {
  const options = parseFlags(process.argv.slice(2), new URL('./engine/engine-thread.js', import.meta.url));
  const emulator = await startEmulator(options);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    emulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  process.on('disconnect', stop); // the parent at the other end of the IPC channel is gone
  console.log(`RunPod emulator ready on ${emulator.url}/v2`);
}

main().catch((error: unknown) => {
  console.error(`RunPod emulator: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exit(1);
});
