import { describe, expect, it } from '@jest/globals';
import { detailsOf, duplicateName, emptyForm, formFieldsOf, isVoiceName, nameOf, noSplit, withFiles } from './draft.js';

describe('isVoiceName', () => {
  it('takes what the API takes', () => {
    expect(['anna', '  anna ', '.hidden', 'Søren (2)', 'a'.repeat(255)].every(isVoiceName)).toBe(true);
    expect(['', ' ', '.', '..', 'a/b', 'a\\b', 'a\nb', 'a\u202eb', 'a'.repeat(256)].some(isVoiceName)).toBe(false);
  });
});

describe('nameOf', () => {
  it('is that of the file without its extension', () => {
    expect(nameOf('Anna Müller.final.wav')).toBe('Anna Müller.final');
    expect(nameOf('recording')).toBe('recording');
    expect(nameOf('.wav')).toBe('.wav');
  });

  it('has nothing in it that names cannot have', () => {
    expect(nameOf('a/b\\c\u202e\n.mp3')).toBe('a b c');
    expect(nameOf('..')).toBe('voice');
    expect(nameOf(`${'ä'.repeat(300)}.wav`)).toHaveLength(240);
  });

  it('gets a number if another file has it', () => {
    expect(nameOf('a.wav', ['a', 'a (2)'])).toBe('a (3)');
  });
});

describe('withFiles', () => {
  it('names each file', () => {
    const drafts = withFiles([], [new File([], 'a.wav'), new File([], 'a.mp3')], () => 'id');
    expect(drafts.map(({ name }) => name)).toEqual(['a', 'a (2)']);
    expect(duplicateName(drafts)).toBeUndefined();
    expect(duplicateName(drafts.map((draft) => ({ ...draft, name: 'x' })))).toBe('x');
  });
});

describe('formFieldsOf', () => {
  it('leaves out what is empty', () => {
    expect(formFieldsOf(emptyForm, noSplit)).toEqual({ language: 'en' });
  });

  it('has labels as JSON and numbers as text', () => {
    const form = { ...emptyForm, labels: [{ id: 0, key: 'project', value: 'book' }], description: ' Warm ' };
    const split = { ...noSplit, mode: 'speech', maxSamples: 12, minDuration: 4 } as const;
    expect(formFieldsOf(form, split)).toEqual({
      language: 'en',
      labels: '{"project":"book"}',
      description: 'Warm',
      split_mode: 'speech',
      split_max_samples: '12',
      split_min_duration: '4',
    });
  });

  it('has no minimum of the other mode', () => {
    expect(formFieldsOf(emptyForm, { ...noSplit, mode: 'fixed', minDuration: 4 })).not.toHaveProperty(
      'split_min_duration',
    );
  });
});

describe('detailsOf', () => {
  it('has the fields of JSON', () => {
    expect(detailsOf({ ...emptyForm, creatorName: 'Ana', creatorEmail: 'ana@example.com' })).toEqual({
      language: 'en',
      creator_name: 'Ana',
      creator_email: 'ana@example.com',
    });
  });
});
