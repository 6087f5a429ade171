import { describe, expect, it } from '@jest/globals';
import { consolePolicy } from './console-policy.js';

describe('consolePolicy', () => {
  it('allows scripts of its own only, and styles that carry the nonce', () => {
    expect(consolePolicy('abc').split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'nonce-abc'",
      "img-src 'self' data:",
      "media-src 'self' blob:",
      "connect-src 'self'",
      "font-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it('lets audio come from a bucket, and nothing else', () => {
    const bucket = 'https://voices.s3.example.com';
    const directives = consolePolicy('abc', [bucket]).split('; ');
    expect(directives.filter((directive) => directive.includes(bucket))).toEqual([
      `media-src 'self' blob: ${bucket}`,
      `connect-src 'self' ${bucket}`,
    ]);
  });
});
