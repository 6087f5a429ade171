const everyMs = 5_000;

/** Prints what starts. The returned function prints the progress, at most every five seconds. */
export function progress(what) {
  const start = Date.now();
  let last = start;
  console.log(`${what} …`);
  return (howFar) => {
    if (Date.now() - last < everyMs) return;
    last = Date.now();
    console.log(`  ${howFar}, ${Math.round((last - start) / 1000)} s`);
  };
}
