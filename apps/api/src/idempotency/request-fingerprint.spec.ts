import { expect, it } from '@jest/globals';
import { nested } from '../body/fields.js';
import { ReceivedFile } from '../body/multipart.js';
import { requestFingerprint, type FingerprintedRequest } from './request-fingerprint.js';

const request: FingerprintedRequest = {
  method: 'POST',
  path: '/api/voices/demo',
  query: {},
  body: { name: 'a', n: 1 },
};
const print = (more: Partial<FingerprintedRequest>): string =>
  requestFingerprint({ ...request, ...more }).toString('hex');
const file = (sha256: string, name = 'a.wav') => new ReceivedFile('/scratch/1/upload', 10, name, sha256);

it('is the same for the same request, whatever the order of its fields, its API key and its scratch file', () => {
  expect(print({ body: { n: 1, name: 'a' } })).toBe(print({}));
  expect(print({ query: { api_key: 'secret' } })).toBe(print({}));
  expect(print({ query: { b: '1', a: ['2', '3'] } })).toBe(print({ query: { a: ['2', '3'], b: '1' } }));
  const again = new ReceivedFile('/scratch/2/upload', 10, 'a.wav', 'aa');
  expect(print({ body: { file: again } })).toBe(print({ body: { file: file('aa') } }));
  expect(print({ body: undefined })).toBe(print({ body: {} }));
});

it.each([
  { method: 'PUT' },
  { path: '/api/voices/other' },
  { query: { dry_run: 'true' } },
  { body: {} },
  { body: { name: 'b', n: 1 } },
  { body: { name: 'a', n: '1' } },
  { body: { name: 'a', n: 1, more: null } },
  { body: { name: ['a'], n: 1 } },
  { body: { name: nested, n: 1 } },
  { body: { name: { a: 1 }, n: 1 } },
])('differs for $method $path $query $body', (more) => {
  expect(print(more)).not.toBe(print({}));
});

it('differs for another file, and for another name of the file', () => {
  const prints = [file('aa'), file('bb'), file('aa', 'b.wav')].map((each) =>
    print({ body: { name: 'a', file: each } }),
  );
  expect(new Set(prints).size).toBe(3);
});
