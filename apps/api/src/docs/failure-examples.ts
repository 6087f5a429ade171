import { AppError, failures, type FailureCode } from '#libs/errors';
import { errorAnswer, type ErrorBody } from '../http/error-answer.js';

/** What a failure means, where the failure table leaves the sentence to the place that throws. */
const meanings: Partial<Record<FailureCode, string>> = {
  malformed_request: 'The URL or the body cannot be parsed.',
  too_large: 'The body or one of its fields is over its limit.',
  invalid_parameter: 'A field or parameter is missing or wrong.',
  unusable_audio: 'The file is not a recording that can be used.',
};

/** Describes a failure for the documentation. */
export function failureMeaning(code: FailureCode): string {
  return failures[code].sentence ?? meanings[code] ?? code;
}

/**
 * What a route answers where the failure table has no sentence: the sentence, or a call of the route's own checks that
 * throws it.
 */
export type RouteFailures = Partial<Record<FailureCode, string | (() => unknown)>>;

/**
 * Returns the body a route answers a failure with, as an example for the documentation.
 *
 * @throws Error when neither the table nor the route has a sentence
 */
export function failureExample(code: FailureCode, own: RouteFailures): ErrorBody {
  const said = own[code] ?? failures[code].sentence;
  if (said === null) throw new Error(`The documentation of a route lacks an example of ${code}`);
  return errorAnswer(typeof said === 'string' ? AppError.saying(code, said) : thrownBy(said)).body;
}

function thrownBy(check: () => unknown): unknown {
  try {
    check();
  } catch (error) {
    return error;
  }
  throw new Error('An example of a failure did not fail');
}
