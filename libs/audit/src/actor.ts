import { AsyncLocalStorage } from 'node:async_hooks';

/** Who makes a change, as the audit log tells it: the key's id, never the key. */
export interface Actor {
  readonly kind: 'admin' | 'partner' | 'system';
  readonly keyId: string | null;
  /** The `X-Request-Id` of the request that asked for it. */
  readonly requestId: string | null;
}

const system: Actor = { kind: 'system', keyId: null, requestId: null };
const current = new AsyncLocalStorage<() => Actor>();

/**
 * Runs work in an actor's name: what it changes, however deep, is recorded as theirs.
 *
 * Carried beside the calls and not through them: no rule of the domain may come to depend on who asks.
 *
 * @param who is asked at each change: it may be found out in the course of the work
 */
export function actingAs<T>(who: () => Actor, work: () => T): T {
  return current.run(who, work);
}

/** Who acts here; outside of requests the system itself. */
export function currentActor(): Actor {
  return current.getStore()?.() ?? system;
}
