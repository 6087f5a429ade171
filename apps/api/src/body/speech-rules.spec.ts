import { describe, expect, it } from '@jest/globals';
import { fieldsOf, parseUrlencoded } from './fields.js';
import { FieldsPipe } from './fields.pipe.js';
import { OptionalLanguage, OptionalSentences } from './speech-rules.js';

class SpeechDto {
  @OptionalLanguage('A language.')
  language?: string;

  @OptionalSentences('Some sentences.')
  test_sentences?: string[];
}

const pipe = new FieldsPipe();
const check = (fields: object): Promise<unknown> =>
  pipe.transform(fieldsOf(fields), { type: 'body', metatype: SpeechDto });

const languageRule = 'language must be one of en, fr, de, es, it, pt, nl, alone or with a region, like fr-CA';
const sentencesRule = 'test_sentences must be 1 to 5 sentences, each of 1 to 300 characters without control characters';

describe('OptionalLanguage', () => {
  it.each([
    ['fr', 'fr'],
    ['FR-ca', 'fr-CA'],
    ['pt-BR', 'pt-BR'],
  ])('reads %s as %s', async (language, canonical) =>
    expect(await check({ language })).toEqual({ language: canonical }),
  );

  it.each(['', null, 'ja', 'French', 'fr_FR', ' fr', 'fr-', 5, true, ['fr'], {}])(
    'rejects %j with the list',
    async (language) => {
      await expect(check({ language })).rejects.toMatchObject({
        code: 'invalid_parameter',
        errors: [{ field: 'language', message: languageRule }],
      });
    },
  );
});

describe('OptionalSentences', () => {
  const two = ['One.', 'Zwei [2], "drei".'];

  it.each([
    ['a JSON array', { test_sentences: two }],
    ['a repeated field', parseUrlencoded(two.map((one) => `test_sentences=${encodeURIComponent(one)}`).join('&'))],
    ['a JSON array in the field of a form', { test_sentences: ` ${JSON.stringify(two, null, 1)}` }],
    ['sentences with spaces around them', { test_sentences: [' One.', 'Zwei [2], "drei".\t'] }],
  ])('reads %s', async (_what, fields) => expect(await check(fields)).toEqual({ test_sentences: two }));

  it.each(['One.', '[sic] One.', '["One."', '[]'])('reads %j as one sentence', async (one) =>
    expect(await check({ test_sentences: one })).toEqual({ test_sentences: [one] }),
  );

  it('counts characters, not UTF-16 units', async () => {
    const longest = '😀'.repeat(300);
    expect(await check({ test_sentences: [longest] })).toEqual({ test_sentences: [longest] });
  });

  it.each([
    [[]],
    [['One.', '']],
    [['  ']],
    [['x'.repeat(301)]],
    ['x'.repeat(301)],
    [['a\nb']],
    [['a\0b']],
    [Array.from({ length: 6 }, () => 'One.')],
    [[1]],
    [[null]],
    [[['One.']]],
    [{ 0: 'One.' }],
    [5],
    [true],
    ['["One.", 2]'],
  ])('rejects %j', async (value) => {
    await expect(check({ test_sentences: value })).rejects.toMatchObject({
      code: 'invalid_parameter',
      errors: [{ field: 'test_sentences', message: sentencesRule }],
    });
  });
});
