import { describe, expect, it } from '@jest/globals';
import multer from 'multer';
import { AppError } from '#libs/errors';
import { ClientGone } from '../http/client-gone.js';
import { multipartFailure } from './multipart.js';

const systemError = (code: string): Error => Object.assign(new Error('write failed'), { code });

describe('multipartFailure', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('answers %s with insufficient_storage', (code) => {
    expect(multipartFailure(systemError(code), 10)).toMatchObject({ code: 'insufficient_storage', status: 507 });
  });

  it.each(['EIO', 'EROFS', 'EACCES', 'EMFILE'])('answers %s with unavailable', (code) => {
    expect(multipartFailure(systemError(code), 10)).toMatchObject({ code: 'unavailable', status: 503 });
  });

  it('returns other errors unchanged', () => {
    for (const error of [systemError('ECONNRESET'), new ClientGone(), AppError.of('upload_timed_out')]) {
      expect(multipartFailure(error, 10)).toBe(error);
    }
  });

  it.each([
    ['LIMIT_FILE_SIZE', 413, 'file may have at most 10 bytes'],
    ['LIMIT_FIELD_VALUE', 413, 'A field may have at most 64 KiB'],
    ['LIMIT_FIELD_KEY', 413, 'A field name may have at most 200 bytes'],
    ['LIMIT_PART_COUNT', 413, 'A form may have at most 100 fields'],
    ['MISSING_FIELD_NAME', 400, 'The multipart body is malformed'],
  ] as const)('answers %s with %i', (code, status, message) => {
    expect(multipartFailure(new multer.MulterError(code), 10)).toMatchObject({ status, message });
  });

  it('does not repeat the message of the parser', () => {
    expect(multipartFailure(new Error('Unexpected end of form'), null)).toMatchObject({
      status: 400,
      message: 'The multipart body is malformed',
    });
  });
});
