import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import { changesOf, duplicateKey, formOf, withRow } from './edit-form.js';

const voice = {
  language: 'en',
  labels: { project: 'audiobook', take: '2' },
  description: 'Warm and slow.',
  creator_name: null,
  creator_email: 'john@example.com',
} as unknown as Schema<'VoiceDetails'>;

describe('changesOf', () => {
  const form = formOf(voice);

  it('has nothing while the form is as the voice', () => {
    expect(changesOf(voice, form)).toEqual({});
  });

  it('has only what was changed, and null for what was emptied', () => {
    expect(changesOf(voice, { ...form, creatorName: ' John ', description: ' ' })).toEqual({
      creator_name: 'John',
      description: null,
    });
  });

  it('replaces all labels when one of them changes, and ignores empty rows', () => {
    const labels = [...form.labels.slice(1), { id: 7, key: 'style', value: 'calm' }, { id: 8, key: '', value: '' }];
    expect(changesOf(voice, { ...form, labels })).toEqual({ labels: { take: '2', style: 'calm' } });
    expect(changesOf(voice, { ...form, labels: [] })).toEqual({ labels: {} });
  });

  it('keeps a label without a key, so that the API says what is wrong with it', () => {
    expect(changesOf(voice, { ...form, labels: [{ id: 0, key: '', value: 'calm' }] })).toEqual({
      labels: { '': 'calm' },
    });
  });
});

describe('duplicateKey', () => {
  it('finds a key that is there twice', () => {
    const rows = withRow(withRow(formOf(voice).labels)).map((row) => (row.key === '' ? { ...row, key: 'take' } : row));
    expect(duplicateKey(rows)).toBe('take');
    expect(duplicateKey(formOf(voice).labels)).toBeUndefined();
  });
});

describe('withRow', () => {
  it('adds an empty row with an id of its own', () => {
    expect(withRow(withRow([]))).toEqual([
      { id: 0, key: '', value: '' },
      { id: 1, key: '', value: '' },
    ]);
  });
});
