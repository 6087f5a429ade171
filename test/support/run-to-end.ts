/** What still runs after this keeps the process from ending: a defect of the suite, not a reason to wait for ever. */
const patienceMs = 10_000;

/**
 * The whole life of a command-line suite: runs it, and ends the process. A failure that is not counted by the suite is
 * printed and counted as one.
 */
export function runToEnd(main: () => Promise<void>): void {
  main()
    .catch((error: unknown) => {
      console.error(error);
      console.log('0 passed, 1 failed');
      process.exitCode = 1;
    })
    .finally(() => {
      setTimeout(() => {
        console.error(`This process is ended by force; still open: ${process.getActiveResourcesInfo().join(', ')}`);
        process.exit();
      }, patienceMs).unref();
    });
}
