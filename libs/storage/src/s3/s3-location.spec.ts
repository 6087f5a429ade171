import { describe, expect, it } from '@jest/globals';
import { parseS3Url } from './s3-location.js';

describe('parseS3Url', () => {
  it('parses a bucket of AWS', () => {
    expect(parseS3Url('s3://my-voices')).toEqual({
      bucket: 'my-voices',
      prefix: '',
      endpoint: null,
      publicEndpoint: null,
      region: null,
      pathStyle: false,
    });
  });

  it('parses every parameter', () => {
    const url =
      's3://my.voices/team/a/?endpoint=http://minio:9000/&public_endpoint=https%3A%2F%2Fs3.example.com&region=auto&path_style=false';
    expect(parseS3Url(url)).toEqual({
      bucket: 'my.voices',
      prefix: 'team/a/',
      endpoint: 'http://minio:9000',
      publicEndpoint: 'https://s3.example.com',
      region: 'auto',
      pathStyle: false,
    });
  });

  it('defaults to path-style addresses and to the same public endpoint if only an endpoint is given', () => {
    expect(parseS3Url('s3://voices?endpoint=http://minio:9000')).toMatchObject({
      publicEndpoint: 'http://minio:9000',
      pathStyle: true,
    });
  });

  it.each([
    ['s3://key:secret@voices', 'AWS_ACCESS_KEY_ID'],
    ['s3://', 's3://bucket/prefix'],
    ['s3:///voices', 's3://bucket/prefix'],
    ['s3://V', 's3://bucket/prefix'],
    ['s3://voices:9000/a', 's3://bucket/prefix'],
    ['s3://voices/a//b', 'the prefix may hold'],
    ['s3://voices/a%20b', 'the prefix may hold'],
    [`s3://voices/${'a/'.repeat(200)}b`, 'the prefix may hold'],
    ['s3://voices?endpiont=http://minio:9000', 'not "endpiont"'],
    ['s3://voices?endpoint=minio:9000', 'endpoint must be a URL'],
    ['s3://voices?endpoint=', 'endpoint must be a URL'],
    ['s3://voices?public_endpoint=ftp://minio', 'public_endpoint must be a URL'],
    ['s3://voices?path_style=yes', 'path_style must be true or false'],
  ])('rejects %s: %s', (url, line) => {
    expect(() => parseS3Url(url)).toThrow(line);
  });
});
