import { describe, expect, it } from '@jest/globals';
import { checkSignature, sha256Hex, type SignedRequest } from './sigv4.js';

// Examples from AWS' documentation, with its published key and signatures:
// docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html and …/sig-v4-header-based-auth.html
const key = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const then = new Date('2013-05-24T00:00:00Z');
const host = 'examplebucket.s3.amazonaws.com';
const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const presigned: SignedRequest = {
  method: 'GET',
  url:
    '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
    '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
    '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
    '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  headers: { host },
};

const signed = (signedHeaders: string, signature: string, more: Record<string, string>): Record<string, string> => ({
  host,
  'x-amz-content-sha256': empty,
  'x-amz-date': '20130524T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
    `SignedHeaders=${signedHeaders},Signature=${signature}`,
  ...more,
});

const examples: readonly (readonly [string, SignedRequest])[] = [
  ['a presigned GET', presigned],
  [
    'GET of a range',
    {
      method: 'GET',
      url: '/test.txt',
      headers: signed(
        'host;range;x-amz-content-sha256;x-amz-date',
        'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
        { range: 'bytes=0-9' },
      ),
    },
  ],
  [
    'PUT of an object',
    {
      method: 'PUT',
      url: '/test%24file.text',
      headers: signed(
        'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
        '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
        {
          date: 'Fri, 24 May 2013 00:00:00 GMT',
          'x-amz-content-sha256': sha256Hex('Welcome to Amazon S3.'),
          'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        },
      ),
    },
  ],
  [
    'GET of a subresource',
    {
      method: 'GET',
      url: '/?lifecycle',
      headers: signed(
        'host;x-amz-content-sha256;x-amz-date',
        'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
        {},
      ),
    },
  ],
  [
    'a listing',
    {
      method: 'GET',
      url: '/?max-keys=2&prefix=J',
      headers: signed(
        'host;x-amz-content-sha256;x-amz-date',
        '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
        {},
      ),
    },
  ],
];

describe('checkSignature', () => {
  it.each(examples)("accepts AWS' example of %s", (_, request) => {
    expect(checkSignature(request, key, then)).toBeNull();
  });

  it('rejects a request that was changed, is expired, early, unsigned or signed with another key', () => {
    const url = (from: string, to: string): SignedRequest => ({ ...presigned, url: presigned.url.replace(from, to) });
    expect(checkSignature(url('test.txt', 'other.txt'), key, then)).toBe('SignatureDoesNotMatch');
    expect(checkSignature(url('86400', '604800'), key, then)).toBe('SignatureDoesNotMatch');
    expect(checkSignature({ ...presigned, method: 'PUT' }, key, then)).toBe('SignatureDoesNotMatch');
    expect(checkSignature({ ...presigned, headers: { host: 'other' } }, key, then)).toBe('SignatureDoesNotMatch');
    expect(checkSignature(presigned, key, new Date('2013-05-25T00:00:01Z'))).toBe('AccessDenied');
    expect(checkSignature(presigned, key, new Date('2013-05-23T23:40:00Z'))).toBe('RequestTimeTooSkewed');
    expect(checkSignature(url('AKIAIOSFODNN7EXAMPLE', 'AKIA'), key, then)).toBe('InvalidAccessKeyId');
    expect(checkSignature({ method: 'GET', url: '/test.txt', headers: { host } }, key, then)).toBe('AccessDenied');
    const slipped = { ...presigned, headers: { host, 'x-amz-acl': 'public-read' } };
    expect(checkSignature(slipped, key, then)).toBe('AccessDenied');
  });
});
