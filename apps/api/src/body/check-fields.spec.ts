import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#libs/errors';
import { CreateKeyFields } from '../admin/admin-fields.js';
import { SplitFields } from '../splitting/split-fields.js';
import { ListQuery } from '../voices/list-query.js';
import { CreateVoiceFields, RenameVoiceFields } from '../voices/voice-fields.js';
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
  it('knows no difference between missing and empty', () => {
    expect(checkFields(SplitFields, fieldsOf({}))).toEqual({});
    expect(checkFields(SplitFields, fieldsOf({ max_samples: '', sample_duration: null }))).toEqual({});
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

  it.each([{}, { name: '' }, { name: null }])('says that a field is required: %j', (fields) => {
    for (const type of [CreateVoiceFields, RenameVoiceFields, CreateKeyFields]) {
      expect(refused(type, fields).errors).toEqual([{ field: 'name', message: 'name is required' }]);
    }
  });

  it.each([5, true, ['n'], {}])('says what a required field must be: %j', (name) => {
    for (const type of [CreateVoiceFields, RenameVoiceFields, CreateKeyFields]) {
      expect(refused(type, { name }).message).toMatch(/^name must be text of 1 to 255 characters/);
    }
  });

  it.each(['john@example.com', 'j.d+x@mail.example.co.uk', 'ö@example.de', '"j d"@example.com'])(
    'takes creator_email %s',
    (creator_email) => {
      expect(checkFields(CreateVoiceFields, fieldsOf({ name: 'n', creator_email })).creator_email).toBe(creator_email);
    },
  );

  it('takes no creator_email for none', () => {
    for (const creator_email of ['', null]) {
      expect(checkFields(CreateVoiceFields, fieldsOf({ name: 'n', creator_email }))).toEqual({ name: 'n' });
    }
  });

  it.each(['john', 'john@', '@example.com', 'john@example', 'a@b@example.com', 'john@example.com\n', 5, ['a@b.de']])(
    'refuses creator_email %j',
    (creator_email) => {
      const message = 'creator_email must be an email address, like john@example.com';
      expect(refused(CreateVoiceFields, { name: 'n', creator_email }).errors).toEqual([
        { field: 'creator_email', message },
      ]);
    },
  );

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
          expect(checked.max_samples ?? 1).toBeGreaterThanOrEqual(1);
          expect(checked.max_samples ?? 1).toBeLessThanOrEqual(100);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_parameter' });
        }
      }),
    );
  });
});
