const storageKey = 'timbre.reloaded';
const onceInMs = 30_000;

/**
 * Loads the page again when a part of it is gone, because a newer release has replaced its files. If that does not help, the
 * error stays: the server may be between two releases.
 */
export function followReleases(): void {
  addEventListener('vite:preloadError', () => {
    const last = Number(sessionStorage.getItem(storageKey) ?? 0);
    if (Date.now() - last < onceInMs) return;
    sessionStorage.setItem(storageKey, String(Date.now()));
    location.reload();
  });
}
