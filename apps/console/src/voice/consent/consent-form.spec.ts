import { describe, expect, it } from '@jest/globals';
import { consentForm, emptyDraft } from './consent-form.js';

describe('consentForm', () => {
  it('leaves out what is optional and empty', () => {
    const form = consentForm({ ...emptyDraft('en'), statement: 'I agree.', grantedBy: ' Jane Doe ' });
    expect(Object.fromEntries(form)).toEqual({
      statement: 'I agree.',
      language: 'en',
      granted_by: 'Jane Doe',
      method: 'written',
    });
  });

  it('has the version and the proof', () => {
    const file = new File(['proof'], 'consent.pdf');
    const form = consentForm({ ...emptyDraft('en'), textVersion: '2025-01', file });
    expect(form.get('text_version')).toBe('2025-01');
    expect(form.get('file')).toMatchObject({ name: 'consent.pdf', size: 5 });
  });
});
