import { describe, expect, it } from '@jest/globals';
import { fieldsOf } from '../body/fields.js';
import { readPreferredSample } from './preferred-sample-fields.js';

describe('readPreferredSample', () => {
  it.each([
    ['3', 3],
    [3, 3],
    ['', null],
    [null, null],
  ])('%p is %p', (value, index) => expect(readPreferredSample(fieldsOf({ sample_index: value }))).toBe(index));

  it.each([['0'], ['-1'], ['1e3'], ['0x10'], [' 3 '], ['3.0'], [3.5], [true], [[3]], [{}], ['99999999999999999999']])(
    'refuses %p',
    (value) => expect(() => readPreferredSample(fieldsOf({ sample_index: value }))).toThrow(/^sample_index must be/),
  );

  it('refuses a missing field', () => {
    expect(() => readPreferredSample(fieldsOf({}))).toThrow(/^sample_index is required/);
  });
});
