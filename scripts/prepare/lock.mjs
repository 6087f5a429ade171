import fs from 'node:fs';

const staleMs = 15 * 60_000;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function ownerOf(file) {
  try {
    return { pid: Number(fs.readFileSync(file, 'utf8')), ageMs: Date.now() - fs.statSync(file).mtimeMs };
  } catch {
    return undefined; // released between the two calls
  }
}

/** Removes a dead owner's lock. Of two processes that try, only one can rename it. A live owner's lock is put back. */
function clear(file, deadPid) {
  const aside = `${file}.${process.pid}`;
  try {
    fs.renameSync(file, aside);
  } catch {
    return;
  }
  if (fs.readFileSync(aside, 'utf8') !== String(deadPid)) fs.linkSync(aside, file);
  fs.rmSync(aside);
}

function tryToTake(file) {
  const mine = `${file}.${process.pid}`;
  fs.writeFileSync(mine, String(process.pid));
  try {
    fs.linkSync(mine, file); // atomic, and the file has its content from the first moment
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    fs.rmSync(mine);
  }
}

/** Runs work while no other process does. Waits for a live owner of the lock and takes over from a dead one. */
export async function withLock(file, work) {
  for (let told = false; !tryToTake(file);) {
    const owner = ownerOf(file);
    if (owner === undefined) continue;
    if (!isAlive(owner.pid) || owner.ageMs > staleMs) {
      clear(file, owner.pid);
      continue;
    }
    if (!told) console.log(`Waiting for process ${owner.pid}, which is preparing this clone …`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}
