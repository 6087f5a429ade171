import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { nearMiss } from './fields.pipe.js';

const known = ['name', 'file', 'creator_name', 'creator_email', 'max_samples', 'sample_duration', 'tts_type'];

describe('nearMiss', () => {
  it.each([
    ['max_sample', 'max_samples'],
    ['maxSamples', 'max_samples'],
    ['max-samples', 'max_samples'],
    ['MAX_SAMPLES', 'max_samples'],
    ['max_samples[]', 'max_samples'],
    [' max_samples ', 'max_samples'],
    ['max_smaples', 'max_samples'],
    ['max_smaple', 'max_samples'],
    ['creator_emial', 'creator_email'],
    ['creator_mail', 'creator_email'],
    ['createor_name', 'creator_name'],
    ['sample_durations', 'sample_duration'],
    ['tts-type', 'tts_type'],
    ['tts_tpye', 'tts_type'],
    ['ttstype', 'tts_type'],
    ['Name', 'name'],
    ['names', 'name'],
    ['nmae', 'name'],
    ['nam', 'name'],
    ['files', 'file'],
    ['file[]', 'file'],
  ])('takes %j for %s', (name, field) => expect(nearMiss(name, known)).toBe(field));

  it.each(['', '_', 'game', 'same', 'title', 'audio', 'voice_file', 'voice', 'sample_rate', 'sample', 'type', 'email'])(
    'takes %j for another word',
    (name) => expect(nearMiss(name, known)).toBeNull(),
  );

  it.each(['creator', 'creator_phone', 'max_duration', 'duration', '__proto__', 'constructor', 'x'.repeat(70_000)])(
    'takes %.20j for another word',
    (name) => expect(nearMiss(name, known)).toBeNull(),
  );

  it('never reports a field that the route accepts, however near it is to another', () => {
    expect(nearMiss('names', ['name', 'names'])).toBeNull();
    for (const field of known) expect(nearMiss(field, known)).toBeNull();
  });

  it('prefers the nearest field', () => {
    expect(nearMiss('creator_nme', ['creator_names', 'creator_name'])).toBe('creator_name');
  });

  it('finds a long field in spite of any single typing error', () => {
    const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz');
    fc.assert(
      fc.property(fc.constantFrom(...known.slice(2)), fc.nat(12), letter, fc.nat(3), (field, at, typed, kind) => {
        const [head, rest] = [field.slice(0, at), field.slice(at)];
        const typo = [
          head + rest.slice(1),
          head + typed + rest,
          head + typed + rest.slice(1),
          head + rest.slice(0, 2).split('').reverse().join('') + rest.slice(2),
        ][kind];
        if (typo !== undefined && !known.includes(typo)) expect(nearMiss(typo, known)).toBe(field);
      }),
    );
  });

  it('accepts any text', () => {
    fc.assert(
      fc.property(anyText(), fc.array(fc.string()), (name, fields) => {
        const found = nearMiss(name, fields);
        expect(found === null || (fields.includes(found) && found !== name)).toBe(true);
      }),
    );
  });
});
