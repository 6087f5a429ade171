import { describe, expect, it } from '@jest/globals';
import { AppError } from '#libs/errors';
import type { BodyRule } from './body-rule.js';
import { fieldsOf } from './fields.js';
import { refuseLostInput } from './known-fields.js';

const create: BodyRule = { fields: ['name', 'creator_email'], file: 'recording' };
const file = { path: '/', bytes: 1, clientName: 'a.wav' };

function refusal(fields: object, rule = create, more: { file?: typeof file; strayFiles?: string[] } = {}): unknown {
  try {
    refuseLostInput({ fields: fieldsOf(fields), file: null, strayFiles: [], ...more }, rule);
    return null;
  } catch (error) {
    return (error as AppError).errors;
  }
}

describe('refuseLostInput', () => {
  it('names every field that is nearly a known one', () => {
    expect(refusal({ nmae: 'n', creator_emial: 'x', comment: 'y', files: '' })).toEqual([
      { field: 'nmae', message: 'Unknown field "nmae". Did you mean "name"?' },
      { field: 'creator_emial', message: 'Unknown field "creator_emial". Did you mean "creator_email"?' },
      { field: 'files', message: 'Unknown field "files". Did you mean "file"?' },
    ]);
  });

  it('ignores other unknown fields', () => {
    expect(refusal({ name: 'n', comment: 'x', max_samples: 5, __proto__: 1, constructor: 2 })).toBeNull();
    expect(refusal({ name: 'n', files: 'x' }, { fields: ['name'], file: null })).toBeNull();
  });

  it('refuses a file the route does not take', () => {
    const message = 'This route takes no file (received "audio")';
    expect(refusal({}, { fields: ['name'], file: null }, { strayFiles: ['audio', 'file'] })).toEqual([
      { field: 'audio', message },
    ]);
  });

  it('refuses a recording in another field, unless there is one in the right field', () => {
    const message = 'The recording must be sent in the field "file" (received "files")';
    expect(refusal({}, create, { strayFiles: ['files'] })).toEqual([{ field: 'file', message }]);
    expect(refusal({}, create, { strayFiles: ['audio'], file })).toBeNull();
  });
});
