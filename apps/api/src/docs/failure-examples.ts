import { failures, type FailureCode } from '#libs/errors';
import type { ErrorBody } from '../http/error-answer.js';

/** What a request says where the failure table leaves the sentence to the place: an example of each. */
const saidSentences: Partial<Record<FailureCode, string>> = {
  malformed_request: 'The multipart body is malformed',
  too_large: 'file may have at most 2 GiB',
  invalid_parameter: 'max_samples must be a whole number from 1 to 100',
  unusable_audio: 'The file is empty',
};

const fieldOfExample: Partial<Record<FailureCode, string>> = {
  invalid_parameter: 'max_samples',
  unusable_audio: 'file',
};

/** The body a failure is answered with, as an example for the documentation. */
export function failureExample(code: FailureCode): ErrorBody {
  const detail = failures[code].sentence ?? saidSentences[code] ?? code;
  const field = fieldOfExample[code];
  return field === undefined ? { detail } : { detail, errors: [{ field, message: detail }] };
}
