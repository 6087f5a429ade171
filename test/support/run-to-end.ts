/** Time for open handles to close. One that stays open is a defect of the suite, not a reason to wait forever. */
const patienceMs = 10_000;

/**
 * Runs a command-line suite and ends the process. A failure that the suite does not count is printed and counted as one.
 *
 * Ends by `process.exit` even if nothing is open. Otherwise Node 20 closes its streams first and was seen to wait for that
 * forever, in uv_run under Environment::CleanupHandles.
 */
export function runToEnd(main: () => Promise<void>): void {
  main()
    .catch((error: unknown) => {
      console.error(error);
      console.log('0 passed, 1 failed');
      process.exitCode = 1;
    })
    .finally(() => {
      process.once('beforeExit', () => process.exit());
      setTimeout(() => {
        console.error(`Process ended by force, still open: ${process.getActiveResourcesInfo().join(', ')}`);
        process.exit();
      }, patienceMs).unref();
    });
}
