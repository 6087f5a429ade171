/** Whoever asks how things are is answered within this time: what does not answer by then is down, or not known. */
const patienceMs = 2_000;

/** What comes of work; null when it fails or takes too long. */
export async function inTime<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMs);
  });
  return Promise.race([work.catch(() => null), late]).finally(() => clearTimeout(timer));
}
