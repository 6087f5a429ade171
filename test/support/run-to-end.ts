/** What still runs after this keeps the process from ending: a defect of the suite, not a reason to wait for ever. */
const patienceMs = 10_000;

/**
 * The whole life of a command-line suite: runs it, and ends the process. A failure that is not counted by the suite is
 * printed and counted as one.
 *
 * Ends by `process.exit`, also when nothing is open any more: left to itself, Node 20 closes what its streams still hold
 * first and was seen to wait for that for ever, turning in uv_run under Environment::CleanupHandles.
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
        console.error(`This process is ended by force; still open: ${process.getActiveResourcesInfo().join(', ')}`);
        process.exit();
      }, patienceMs).unref();
    });
}
