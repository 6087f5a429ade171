import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import { atOrigin, keptUrl, withKeptUrls, withKnownUrls } from './audio-urls.js';

type Details = Schema<'VoiceDetails'>;

const tokenOf = (object: string, expires: number): string =>
  `1.${Buffer.from(JSON.stringify(['GET', object, expires, 'audio/ogg', 'ä.opus'])).toString('base64url')}.signature`;
const urlOf = (object: string, expires: number, origin = 'http://console'): string =>
  `${origin}/api/objects/${tokenOf(object, expires)}`;

const detailsOf = (expires: number, more: Partial<Details> = {}): Details => ({
  id: 'id',
  name: 'anna',
  original_filename: 'anna.opus',
  original_uploaded_name: 'anna.wav',
  original_duration: 75,
  original_removed_at: null,
  status: { splitting: 'completed', embedding: 'completed' },
  errors: { splitting: null, embedding: null },
  warnings: [],
  progress: null,
  samples: [
    {
      index: 1,
      source_timestamp: '00:00',
      start: 0,
      duration: 15,
      quality: null,
      url: urlOf('sample', expires, 'http://api'),
    },
  ],
  embedding_info: null,
  language: 'en',
  labels: {},
  description: null,
  embedding_type: 'kyutai',
  embedding_zip_url: null,
  preferred_sample_index: 1,
  creator_name: null,
  creator_email: null,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  original_url: urlOf('original', expires, 'http://api'),
  ...more,
});

describe('atOrigin', () => {
  it('moves a signed URL to the origin of the page, also under a path', () => {
    expect(atOrigin('https://public/timbre/api/objects/1.a.b', 'http://here/t')).toBe(
      'http://here/t/api/objects/1.a.b',
    );
  });

  it('leaves other URLs alone', () => {
    expect(atOrigin('https://bucket/voices/1', 'http://here')).toBe('https://bucket/voices/1');
  });
});

describe('keptUrl', () => {
  it('keeps the URL of the same object while it is valid for half an hour', () => {
    expect(keptUrl(urlOf('a', 1000), urlOf('a', 2000))).toBe(urlOf('a', 1000));
  });

  it('renews it before it expires', () => {
    expect(keptUrl(urlOf('a', 1000), urlOf('a', 1000 + 1800))).toBe(urlOf('a', 2800));
  });

  it('takes the URL of another object', () => {
    expect(keptUrl(urlOf('a', 1000), urlOf('b', 1001))).toBe(urlOf('b', 1001));
  });

  it('takes the fresh URL if there was none, or if its format is unknown', () => {
    expect(keptUrl(null, 'http://x/api/objects/2.a.b')).toBe('http://x/api/objects/2.a.b');
    expect(keptUrl('http://x/api/objects/1.e30.b', 'http://x/api/objects/1.bm8.c')).toBe(
      'http://x/api/objects/1.bm8.c',
    );
  });
});

describe('withKeptUrls', () => {
  it('keeps the addresses of what is heard between two answers', () => {
    const first = withKeptUrls(undefined, detailsOf(1000), 'http://console');
    const second = withKeptUrls(first, detailsOf(1600), 'http://console');
    expect(first.original_url).toBe(urlOf('original', 1000));
    expect(second).toEqual(first);
  });
});

describe('withKnownUrls', () => {
  const known = withKeptUrls(undefined, detailsOf(1000), 'http://console');
  const event: Details = {
    ...detailsOf(2000, { samples: [{ index: 1, source_timestamp: '00:00', start: 0, duration: 15, quality: null }] }),
  };
  delete event.original_url;

  it('gives the details of an event the URLs that are known', () => {
    const details = withKnownUrls(known, { ...event, name: 'otto' }, 'http://console');
    expect(details).toEqual({ ...known, name: 'otto' });
  });

  it('gives up if samples, the recording or a status have changed', () => {
    const samples = [{ index: 2, source_timestamp: '00:15', start: 0, duration: 15, quality: null }];
    expect(withKnownUrls(known, { ...event, samples }, 'http://console')).toBeUndefined();
    expect(withKnownUrls(known, { ...event, original_filename: null }, 'http://console')).toBeUndefined();
    const status = { splitting: 'in_progress', embedding: 'completed' } as const;
    expect(withKnownUrls(known, { ...event, status }, 'http://console')).toBeUndefined();
  });
});
