import { BadRequestException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { AppError, failures, type FailureCode } from '#libs/errors';
import { errorAnswer, isDefect } from './error-answer.js';

const codes = Object.keys(failures) as FailureCode[];

describe('errorAnswer', () => {
  it.each(codes.filter((code) => failures[code].status !== 500))('answers %s as the failure table says', (code) => {
    const { status, body } = errorAnswer(AppError.saying(code, 'A sentence.'));
    expect(status).toBe(failures[code].status);
    expect(body.detail).toBe('A sentence.');
    expect('errors' in body).toBe(status === 422);
  });

  it.each(codes.filter((code) => failures[code].status === 500))('hides the details of %s', (code) => {
    const error = AppError.saying(code, 'SELECT /inside', { cause: new Error('stack') });
    expect(errorAnswer(error)).toEqual({ status: 500, body: { detail: 'Internal server error' }, headers: {} });
    expect(isDefect(error)).toBe(true);
  });

  it.each([new Error('inside'), 'text', null, undefined, new TypeError('x')])('returns 500 for %p', (error) => {
    expect(errorAnswer(error)).toMatchObject({ status: 500, body: { detail: 'Internal server error' } });
  });

  it('sets Retry-After in whole seconds', () => {
    const limited = AppError.of('rate_limited', { retryAfterSeconds: 0.2 });
    expect(errorAnswer(limited).headers).toEqual({ 'Retry-After': '1' });
    expect(errorAnswer(AppError.of('unavailable')).headers).toEqual({ 'Retry-After': '5' });
    expect(errorAnswer(AppError.of('voice_locked')).headers).toEqual({});
  });

  it('says with a 401 how to authenticate', () => {
    const headers = { 'WWW-Authenticate': 'ApiKey realm="Timbre"' };
    expect(errorAnswer(AppError.of('invalid_api_key')).headers).toEqual(headers);
  });

  it('lists every wrong field of a 422, an unusable file included', () => {
    expect(errorAnswer(AppError.field('name', 'No.')).body).toEqual({
      detail: 'No.',
      errors: [{ field: 'name', message: 'No.' }],
    });
    for (const code of ['unusable_audio', 'invalid_archive'] as const) {
      const errors = [{ field: 'file', message: 'Empty.' }];
      expect(errorAnswer(AppError.saying(code, 'Empty.')).body).toEqual({ detail: 'Empty.', errors });
    }
  });

  it('maps errors of Express without repeating their messages', () => {
    expect(errorAnswer(new BadRequestException("Failed to decode param '%zz'"))).toMatchObject({
      status: 400,
      body: { detail: 'The URL is malformed' },
    });
    expect(errorAnswer(new NotFoundException('Cannot GET /x'))).toMatchObject({
      status: 404,
      body: { detail: 'Not found' },
    });
  });
});
