import 'reflect-metadata';
import { stopOnce } from '#libs/service';
import { parseFlags, usage } from './flags.js';
import { startEmulator } from './start-emulator.js';

/** Longest a stop may take before the process ends all the same. */
const stopTimeoutMs = 3000;

async function main(): Promise<void> {
  const engineThread = new URL('./engine/engine-thread.js', import.meta.url);
  const options = parseFlags(process.argv.slice(2), process.env['RUNPOD_API_KEY'], engineThread);
  const emulator = await startEmulator(options);
  stopOnce(() => {
    setTimeout(() => process.exit(1), stopTimeoutMs).unref();
    emulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
  console.log(`RunPod emulator ready on ${emulator.url}/v2`);
}

main().catch((error: unknown) => {
  console.error(`RunPod emulator: ${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exit(1);
});
