import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTtsType, parseTestSampleFilename, testSampleFilename } from './test-sample-name.js';

const number = fc.integer({ min: 1, max: 999_999_999 });

describe('parseTestSampleFilename', () => {
  it('parses every name that testSampleFilename makes', () => {
    fc.assert(
      fc.property(number, number, (sampleIndex, sentenceIndex) => {
        const name = testSampleFilename(sampleIndex, sentenceIndex);
        expect(parseTestSampleFilename(name)).toEqual({ sampleIndex, sentenceIndex });
      }),
    );
  });

  it.each([
    '',
    'test_1.opus',
    'test_0_1.opus',
    'test_1_0.opus',
    'test_01_1.opus',
    'test_1_1.OPUS',
    'test_1_1.opus\n',
    ' test_1_1.opus',
    'test_1_1.opus/../x',
    'test_-1_1.opus',
    'test_1_9999999999.opus',
  ])('knows no sample called %j', (name) => {
    expect(parseTestSampleFilename(name)).toBeNull();
  });
});

describe('isTtsType', () => {
  it.each(['kyutai', 'a', 'x-1_b', 'a'.repeat(64)])('accepts %j', (text) => expect(isTtsType(text)).toBe(true));
  it.each(['', 'Kyutai', 'a b', '../x', 'a'.repeat(65), 'kyutai\n', 'é'])('refuses %j', (text) =>
    expect(isTtsType(text)).toBe(false),
  );
});
