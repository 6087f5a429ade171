const everyMs = 5_000;

/** Says what begins, and every five seconds how far it is, when called with that. */
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
