import type { Schema } from '#libs/client';

type Details = Schema<'VoiceDetails'>;

/** Signed URLs are valid for an hour. A new answer replaces those that were signed this much earlier. */
const keptSeconds = 30 * 60;

/** After this time the details are read again, so that no URL expires in an open page. */
export const renewalMs = 40 * 60_000;

/**
 * Returns the address of a signed URL at the origin of the page. Timbre signs URLs for PUBLIC_URL, but the page may have been
 * opened under another address of the same Timbre, and its policy lets it play only what comes from its own origin.
 */
export function atOrigin(url: string, origin: string): string {
  const path = /\/api\/objects\/.+$/.exec(url)?.[0];
  return path === undefined ? url : `${origin}${path}`;
}

interface Grant {
  readonly object: string;
  readonly expiresAtSeconds: number;
}

/** Reads a token of format 1 (libs/storage, object-token.ts): `1.<base64url of [method, key, expiry, …]>.<signature>`. */
function grantOf(url: string): Grant | undefined {
  const payload = /\/api\/objects\/1\.([\w-]+)\./.exec(url)?.[1];
  if (payload === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const fields: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!Array.isArray(fields)) return undefined;
    const [, object, expiresAtSeconds] = fields as unknown[];
    if (typeof object !== 'string' || typeof expiresAtSeconds !== 'number') return undefined;
    return { object, expiresAtSeconds };
  } catch {
    return undefined;
  }
}

/**
 * Returns the URL to use: the one we have, if it reads the same object and stays valid for half an hour, or the fresh one.
 * An audio element starts over when its URL changes. A URL of an unknown format is always replaced.
 */
export function keptUrl(kept: string | null | undefined, fresh: string): string {
  if (typeof kept !== 'string') return fresh;
  const [had, has] = [grantOf(kept), grantOf(fresh)];
  const isSame = had && has?.object === had.object && has.expiresAtSeconds - had.expiresAtSeconds < keptSeconds;
  return isSame ? kept : fresh;
}

/** Returns details that were read with `audio_urls=true`, with the URLs of the page and those kept that are still good. */
export function withKeptUrls(kept: Details | undefined, fresh: Details, origin: string): Details {
  const urlOf = (had: string | null | undefined, has: string): string => keptUrl(had, atOrigin(has, origin));
  const samples = new Map(kept?.samples.map(({ index, url }) => [index, url]));
  const tests = new Map(kept?.embedding_info?.test_samples.map(({ filename, url }) => [filename, url]));
  return {
    ...fresh,
    ...(typeof fresh.original_url === 'string' && { original_url: urlOf(kept?.original_url, fresh.original_url) }),
    embedding_zip_url:
      fresh.embedding_zip_url === null ? null : urlOf(kept?.embedding_zip_url, fresh.embedding_zip_url),
    samples: fresh.samples.map((sample) =>
      typeof sample.url === 'string' ? { ...sample, url: urlOf(samples.get(sample.index), sample.url) } : sample,
    ),
    embedding_info: fresh.embedding_info && {
      ...fresh.embedding_info,
      test_samples: fresh.embedding_info.test_samples.map((test) =>
        typeof test.url === 'string' ? { ...test, url: urlOf(tests.get(test.filename), test.url) } : test,
      ),
    },
  };
}

/** What the URLs of a voice depend on. Work that ends replaces objects even where all of this looks as before. */
const audioOf = ({ original_filename, original_removed_at, status, samples, embedding_info }: Details): string =>
  JSON.stringify([
    original_filename,
    original_removed_at,
    status,
    samples.map(({ index, source_timestamp, duration }) => [index, source_timestamp, duration]),
    embedding_info && [embedding_info.run_id, embedding_info.test_samples.map(({ filename }) => filename)],
  ]);

/**
 * Returns the details of an event, which have no URLs of audio, with the URLs that are known.
 *
 * @returns undefined if other things may be heard than before, so that the details must be read again
 */
export function withKnownUrls(known: Details, event: Details, origin: string): Details | undefined {
  if (audioOf(known) !== audioOf(event)) return undefined;
  const samples = new Map(known.samples.map(({ index, url }) => [index, url]));
  const tests = new Map(known.embedding_info?.test_samples.map(({ filename, url }) => [filename, url]));
  const details: Details = {
    ...event,
    ...('original_url' in known && { original_url: known.original_url }),
    samples: event.samples.map((sample) => withUrl(sample, samples.get(sample.index))),
    embedding_info: event.embedding_info && {
      ...event.embedding_info,
      test_samples: event.embedding_info.test_samples.map((test) => withUrl(test, tests.get(test.filename))),
    },
  };
  return withKeptUrls(known, details, origin);
}

const withUrl = <Thing extends object>(thing: Thing, url: string | undefined): Thing =>
  url === undefined ? thing : { ...thing, url };
