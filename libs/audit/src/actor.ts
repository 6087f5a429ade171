import { AsyncLocalStorage } from 'node:async_hooks';

/** Who makes a change, as the audit log records it: the id of the key, never the key. */
export interface Actor {
  readonly kind: 'admin' | 'partner' | 'system';
  readonly keyId: string | null;
  /** The `X-Request-Id` of the request. */
  readonly requestId: string | null;
}

const system: Actor = { kind: 'system', keyId: null, requestId: null };
const current = new AsyncLocalStorage<() => Actor>();

/**
 * Runs work on behalf of an actor, to whom its changes are attributed.
 *
 * Passed through AsyncLocalStorage, not as a parameter, so that domain rules cannot depend on the caller.
 *
 * @param who called at each change, since the actor may be identified during the work
 */
export function actingAs<T>(who: () => Actor, work: () => T): T {
  return current.run(who, work);
}

/** Returns the current actor; outside of requests, the system. */
export function currentActor(): Actor {
  return current.getStore()?.() ?? system;
}
