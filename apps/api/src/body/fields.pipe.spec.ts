import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#libs/errors';
import { AuditQuery } from '../admin/audit.controller.js';
import { EmbedDto, TtsTypeQuery } from '../embeddings/embeddings.dto.js';
import { PageQuery } from '../http/links.js';
import { ChangePartnerDto, CreateKeyDto } from '../partners/partners.dto.js';
import { SplitDto, SplitQuery } from '../splitting/splitting.dto.js';
import { CreateEmptyVoiceDto, CreateVoiceDto, PreferredSampleDto, RenameVoiceDto } from '../voices/voices.dto.js';
import { FieldsPipe, rejectionOf } from './fields.pipe.js';
import { fieldsOf, parseJsonObject } from './fields.js';
import { ReceivedFile } from './multipart.js';

type Type<T extends object> = new () => T;

const pipe = new FieldsPipe();

const check = <T extends object>(metatype: Type<T>, fields: object, type: 'body' | 'query' = 'body'): Promise<T> =>
  pipe.transform(fieldsOf(fields), { type, metatype }) as Promise<T>;

async function rejected(metatype: Type<object>, fields: object, type: 'body' | 'query' = 'body'): Promise<AppError> {
  const outcome = await check(metatype, fields, type).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(AppError);
  return outcome as AppError;
}

describe('FieldsPipe', () => {
  it.each(['', null])('takes %j in no field for a missing one', async (empty) => {
    expect(await check(SplitDto, {})).toEqual({});
    const fields = ['max_samples', 'sample_duration', 'mode', 'min_duration', 'select', 'dry_run'];
    for (const field of fields) expect((await rejected(SplitDto, { [field]: empty })).errors?.[0]?.field).toBe(field);
    for (const field of ['creator_name', 'creator_email', 'language', 'file', 'description', 'labels']) {
      const { errors } = await rejected(CreateVoiceDto, { name: 'n', [field]: empty });
      expect(errors?.[0]?.field).toBe(field);
      expect(errors?.[0]?.message).not.toContain('is required');
    }
    for (const field of ['tts_type', 'language', 'test_sentences']) {
      expect((await rejected(EmbedDto, { [field]: empty })).errors?.[0]?.field).toBe(field);
    }
    expect((await rejected(TtsTypeQuery, { tts_type: empty }, 'query')).errors?.[0]?.field).toBe('tts_type');
    expect((await rejected(AuditQuery, { partner: empty }, 'query')).errors?.[0]?.field).toBe('partner');
  });

  it('reads whole numbers as forms and JSON write them', async () => {
    const read = { max_samples: 30, sample_duration: 10, dry_run: true };
    expect(await check(SplitDto, { max_samples: '30', sample_duration: '10', dry_run: 'true' })).toEqual(read);
    expect(await pipe.transform(parseJsonObject(JSON.stringify(read)), { type: 'body', metatype: SplitDto })).toEqual(
      read,
    );
  });

  it.each([
    [SplitDto, 'max_samples', '5'],
    [SplitDto, 'dry_run', 'true'],
    [PreferredSampleDto, 'sample_index', '3'],
    [PreferredSampleDto, 'sample_index', ''],
    [EmbedDto, 'test_sentences', 'One.'],
    [CreateEmptyVoiceDto, 'labels', '{"a":"b"}'],
    [CreateKeyDto, 'scopes', 'read'],
    [ChangePartnerDto, 'max_voices', '5'],
  ])('rejects text in JSON where the document has another type: %p %s', async (metatype, field, value) => {
    const json = parseJsonObject(JSON.stringify({ name: 'n', [field]: value }));
    const outcome = await pipe.transform(json, { type: 'body', metatype }).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ code: 'invalid_parameter', errors: [{ field }] });
  });

  it.each(['0', '101', '1e3', '0x10', ' 15 ', '15.0', '-1', 'abc', 15.5, true, [15], {}, '9'.repeat(30), Infinity])(
    'rejects max_samples %p and names its bounds',
    async (value) => {
      const error = await rejected(SplitDto, { max_samples: value });
      const message = 'max_samples must be a whole number from 1 to 100';
      expect(error.message).toBe(message);
      expect(error.errors).toEqual([{ field: 'max_samples', message }]);
    },
  );

  it('names every wrong field', async () => {
    const { errors } = await rejected(SplitDto, { max_samples: 'x', sample_duration: '61' });
    expect(errors?.map(({ field }) => field)).toEqual(['max_samples', 'sample_duration']);
  });

  it('removes unknown fields, whatever their names', async () => {
    const fields = JSON.parse('{"__proto__":{"a":1},"constructor":1,"prototype":2,"name":"n","other":[1]}') as object;
    const checked = await check(CreateVoiceDto, fields);
    expect(checked).toEqual({ name: 'n' });
    expect(checked).toBeInstanceOf(CreateVoiceDto);
  });

  it.each(['a\0b', 'a\nb', '\ud800', 'x'.repeat(256), 5, ['a'], {}])('rejects creator_name %p', async (value) => {
    const { errors } = await rejected(CreateVoiceDto, { name: 'n', creator_name: value });
    expect(errors?.[0]?.field).toBe('creator_name');
  });

  it.each([{}, { name: '' }, { name: null }])('says that a field is required: %j', async (fields) => {
    for (const type of [CreateVoiceDto, RenameVoiceDto, CreateKeyDto]) {
      expect((await rejected(type, fields)).errors).toEqual([{ field: 'name', message: 'name is required' }]);
    }
  });

  it.each([5, true, ['n'], {}])('says what a required field must be: %j', async (name) => {
    for (const type of [CreateVoiceDto, RenameVoiceDto, CreateKeyDto]) {
      expect((await rejected(type, { name })).message).toMatch(/^name must be text of 1 to 255 characters/);
    }
  });

  it.each(['john@example.com', 'j.d+x@mail.example.co.uk', 'ö@example.de', '"j d"@example.com'])(
    'accepts creator_email %s',
    async (creator_email) => {
      expect((await check(CreateVoiceDto, { name: 'n', creator_email })).creator_email).toBe(creator_email);
    },
  );

  it.each(['john', 'john@', '@example.com', 'john@example', 'a@b@example.com', 'john@example.com\n', 5, ['a@b.de']])(
    'rejects creator_email %j',
    async (creator_email) => {
      const message = 'creator_email must be an email address, like john@example.com';
      const { errors } = await rejected(CreateVoiceDto, { name: 'n', creator_email });
      expect(errors).toEqual([{ field: 'creator_email', message }]);
    },
  );

  it('counts characters, not UTF-16 units', async () => {
    const name = '😀'.repeat(255);
    expect((await check(CreateVoiceDto, { name: 'n', creator_name: name })).creator_name).toBe(name);
  });

  it('checks a query like a body', async () => {
    expect(await check(PageQuery, { limit: '1000', api_key: 'x' }, 'query')).toEqual({ limit: 1000 });
    const tooMany = await rejected(PageQuery, { limit: '1001' }, 'query');
    expect(tooMany.message).toBe('limit must be a whole number from 1 to 1000');
    expect((await rejected(PageQuery, { limit: '' }, 'query')).code).toBe('invalid_parameter');
    expect((await rejected(PageQuery, { cursor: ['a', 'b'] }, 'query')).code).toBe('invalid_parameter');
  });

  it('either returns fields within their bounds or rejects with invalid_parameter', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.anything(), async (max_samples, sample_duration) => {
        try {
          const checked = await check(SplitDto, { max_samples, sample_duration });
          expect(checked.max_samples ?? 1).toBeGreaterThanOrEqual(1);
          expect(checked.max_samples ?? 1).toBeLessThanOrEqual(100);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_parameter' });
        }
      }),
    );
  });

  it('passes the received file on', async () => {
    const file = new ReceivedFile('/scratch/upload', 9, 'a.wav');
    const checked = await pipe.transform({ name: 'n', file }, { type: 'body', metatype: CreateVoiceDto });
    expect(checked).toEqual({ name: 'n', file });
    expect((checked as CreateVoiceDto).file).toBeInstanceOf(ReceivedFile);
  });

  it.each(['a.wav', 5, ['a'], { path: '/etc/passwd', bytes: 1, clientName: '' }])(
    'rejects %j in the place of a file',
    async (file) => {
      const message = 'file must be a file part of a multipart/form-data body';
      for (const fields of [fieldsOf({ name: 'n', file }), { name: 'n', file }]) {
        const outcome = pipe.transform(fields, { type: 'body', metatype: CreateVoiceDto });
        await expect(outcome).rejects.toMatchObject({ errors: [{ field: 'file', message }] });
      }
    },
  );
});

describe('FieldsPipe and mistyped names', () => {
  it('names every field that is nearly a known one', async () => {
    const { errors } = await rejected(CreateVoiceDto, { nmae: 'n', creator_emial: 'x', comment: 'y', files: '' });
    expect(errors).toEqual([
      { field: 'nmae', message: 'Unknown field "nmae". Did you mean "name"?' },
      { field: 'creator_emial', message: 'Unknown field "creator_emial". Did you mean "creator_email"?' },
      { field: 'files', message: 'Unknown field "files". Did you mean "file"?' },
    ]);
  });

  it('ignores other unknown fields', async () => {
    expect(await check(CreateVoiceDto, { name: 'n', comment: 'x', max_samples: 5 })).toEqual({ name: 'n' });
    expect(await check(RenameVoiceDto, { name: 'n', files: 'x' })).toEqual({ name: 'n' });
  });

  it('knows the key in a query, and only there', async () => {
    const message = 'Unknown field "apikey". Did you mean "api_key"?';
    expect((await rejected(SplitQuery, { apikey: 'x' }, 'query')).message).toBe(message);
    expect(await check(SplitDto, { apikey: 'x' })).toEqual({});
  });
});

describe('rejectionOf', () => {
  it('returns the error that the pipe throws', async () => {
    for (const fields of [{ max_samples: 101 }, { max_samples: 0, sample_duration: 'x' }]) {
      const { message, errors } = await rejected(SplitDto, fields);
      expect(rejectionOf(SplitDto, fields)).toMatchObject({ code: 'invalid_parameter', message, errors });
    }
  });
});
