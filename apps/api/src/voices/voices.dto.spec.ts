import { describe, expect, it } from '@jest/globals';
import { fieldsOf } from '../body/fields.js';
import { FieldsPipe } from '../body/fields.pipe.js';
import { PreferredSampleDto } from './voices.dto.js';

const check = (fields: object): Promise<unknown> =>
  new FieldsPipe().transform(fieldsOf(fields), { type: 'body', metatype: PreferredSampleDto });

describe('PreferredSampleDto', () => {
  it.each([
    ['3', 3],
    [3, 3],
    ['', null],
    [null, null],
  ])('reads %p as %p', async (value, index) =>
    expect(await check({ sample_index: value })).toEqual({ sample_index: index }),
  );

  it.each([['0'], ['-1'], ['1e3'], ['0x10'], [' 3 '], ['3.0'], [3.5], [true], [[3]], [{}], ['99999999999999999999']])(
    'rejects %p',
    async (value) => {
      await expect(check({ sample_index: value })).rejects.toThrow(/^sample_index must be/);
    },
  );

  it('rejects a missing field', async () => {
    await expect(check({})).rejects.toThrow(/^sample_index is required/);
  });
});
