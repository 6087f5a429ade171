import { createContext, use } from 'react';
import { connect, type Connection, type Schema, type Timbre } from '#libs/client';

/** Who uses the console. */
export interface Session {
  readonly connection: Connection;
  readonly timbre: Timbre;
  readonly who: Schema<'KeyOwner'>;
}

/** The address that the page was served from, without its last `/`: Timbre may be behind a proxy, under a path. */
const origin = new URL('.', document.baseURI).href.replace(/\/$/, '');

const storageKey = 'timbre.key';

/** Returns the key that this tab was given. It is kept until the tab is closed, and never written into a URL. */
export const keptKey = (): string | null => sessionStorage.getItem(storageKey);

export function keepKey(key: string): void {
  sessionStorage.setItem(storageKey, key);
}

export function forgetKey(): void {
  sessionStorage.removeItem(storageKey);
}

export const connectionOf = (key: string): Connection => ({ origin, key });

export const sessionOf = (key: string, who: Schema<'KeyOwner'>): Session => ({
  connection: connectionOf(key),
  timbre: connect(connectionOf(key)),
  who,
});

export const SessionContext = createContext<Session | undefined>(undefined);

/** Returns the session of a signed-in page. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('There is no session here');
  return session;
}
