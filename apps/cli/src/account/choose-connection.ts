import type { Connection } from '#libs/client';
import { CliFailure, exitCodes, wrongUsage } from '../failure.js';
import type { Profile } from './profiles.js';

/** The address of `npm start`. */
export const defaultUrl = 'http://localhost:8080';

/** Options and variables, of which the first one given counts. */
export interface Given {
  readonly url: string | undefined;
  readonly key: string | undefined;
}

/**
 * Returns an address as the client needs it: without `/api`, which the README's `$TIMBRE` has, and without a last `/`.
 *
 * @throws CliFailure if it is no http or https address
 */
export function originOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw wrongUsage(`${url} is not the address of a Timbre, such as ${defaultUrl}`);
  }
  if (parsed.username !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw wrongUsage('The address of a Timbre has no user, query or fragment');
  }
  return `${parsed.origin}${parsed.pathname.replace(/(\/api)?\/*$/, '')}`;
}

/**
 * Chooses the address and the key of a command. A stored key is sent only to the address that it was stored for:
 * `--url` alone must not carry it to another server.
 *
 * @param given in the order of precedence: options, then variables
 * @throws CliFailure if there is no key
 */
export function chooseConnection(given: readonly Given[], profile: Profile | undefined): Connection {
  const url = given.find((each) => each.url !== undefined)?.url;
  const key = given.find((each) => each.key !== undefined)?.key;
  const origin = originOf(url ?? profile?.url ?? defaultUrl);
  if (key !== undefined) return { origin, key };
  if (profile !== undefined && originOf(profile.url) === origin) return { origin, key: profile.key };
  const why = profile === undefined ? 'You are not signed in' : `You are not signed in at ${origin}`;
  throw new CliFailure(`${why}. Run "timbre login", or set TIMBRE_KEY`, exitCodes.notSignedIn);
}
