import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#libs/errors';
import { SplitFields } from '../splitting/split-fields.js';
import { ListQuery } from '../voices/list-query.js';
import { CreateVoiceFields } from '../voices/voice-fields.js';
import { checkFields, type FieldsClass } from './check-fields.js';
import { fieldsOf } from './fields.js';

function refused<T extends object>(type: FieldsClass<T>, fields: object): AppError {
  try {
    checkFields(type, fieldsOf(fields));
  } catch (error) {
    return error as AppError;
  }
  throw new Error('was not refused');
}

describe('checkFields', () => {
  it('fills in defaults for what is missing or empty', () => {
    const defaults = { max_samples: 25, sample_duration: 15 };
    expect(checkFields(SplitFields, fieldsOf({}))).toEqual(defaults);
    expect(checkFields(SplitFields, fieldsOf({ max_samples: '', sample_duration: null }))).toEqual(defaults);
  });

  it('reads whole numbers as forms and JSON write them', () => {
    const fields = fieldsOf({ max_samples: '30', sample_duration: 10 });
    expect(checkFields(SplitFields, fields)).toEqual({ max_samples: 30, sample_duration: 10 });
  });

  it.each(['0', '101', '1e3', '0x10', ' 15 ', '15.0', '-1', 'abc', 15.5, true, [15], {}, '9'.repeat(30), Infinity])(
    'refuses max_samples %p with its bounds',
    (value) => {
      const error = refused(SplitFields, { max_samples: value });
      const message = 'max_samples must be a whole number from 1 to 100';
      expect(error.message).toBe(message);
      expect(error.errors).toEqual([{ field: 'max_samples', message }]);
    },
  );

  it('names every wrong field', () => {
    const { errors } = refused(SplitFields, { max_samples: 'x', sample_duration: '61' });
    expect(errors?.map(({ field }) => field)).toEqual(['max_samples', 'sample_duration']);
  });

  it('ignores fields nobody asked for, whatever they are called', () => {
    const fields = fieldsOf(JSON.parse('{"__proto__":{"a":1},"constructor":1,"name":"n","other":[1]}') as object);
    const checked = checkFields(CreateVoiceFields, fields);
    expect(checked).toEqual({ name: 'n' });
    expect(checked).toBeInstanceOf(CreateVoiceFields);
  });

  it.each(['a\0b', 'a\nb', '\ud800', 'x'.repeat(256), 5, ['a'], {}])('refuses creator_name %p', (value) => {
    expect(refused(CreateVoiceFields, { name: 'n', creator_name: value }).errors?.[0]?.field).toBe('creator_name');
  });

  it('counts characters, not UTF-16 units', () => {
    const name = '😀'.repeat(255);
    expect(checkFields(CreateVoiceFields, fieldsOf({ name: 'n', creator_name: name })).creator_name).toBe(name);
  });

  it('checks a query like a body', () => {
    expect(checkFields(ListQuery, fieldsOf({ limit: '1000', api_key: 'x' }))).toEqual({ limit: 1000 });
    expect(refused(ListQuery, { limit: '1001' }).message).toBe('limit must be a whole number from 1 to 1000');
    expect(refused(ListQuery, { limit: '' }).code).toBe('invalid_parameter');
    expect(refused(ListQuery, { cursor: ['a', 'b'] }).code).toBe('invalid_parameter');
  });

  it('answers any values with fields in bounds or a 422, never with a defect', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (max_samples, sample_duration) => {
        try {
          const checked = checkFields(SplitFields, fieldsOf({ max_samples, sample_duration }));
          expect(checked.max_samples).toBeGreaterThanOrEqual(1);
          expect(checked.max_samples).toBeLessThanOrEqual(100);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_parameter' });
        }
      }),
    );
  });
});
