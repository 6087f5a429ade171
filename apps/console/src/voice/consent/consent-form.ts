import type { Schema } from '#libs/client';

/** A consent while it is written down. */
export interface ConsentDraft {
  readonly statement: string;
  readonly language: string;
  readonly grantedBy: string;
  readonly method: Schema<'ConsentMethod'>;
  readonly textVersion: string;
  readonly file: File | undefined;
}

export const emptyDraft = (language: string): ConsentDraft => ({
  statement: '',
  language,
  grantedBy: '',
  method: 'written',
  textVersion: '',
  file: undefined,
});

/** Returns the fields of a request. Optional ones that are empty are left out: the API takes empty fields for mistakes. */
export function consentForm(draft: ConsentDraft): FormData {
  const form = new FormData();
  form.set('statement', draft.statement);
  form.set('language', draft.language.trim());
  form.set('granted_by', draft.grantedBy.trim());
  form.set('method', draft.method);
  if (draft.textVersion.trim() !== '') form.set('text_version', draft.textVersion.trim());
  if (draft.file) form.set('file', draft.file);
  return form;
}
