import { duplicateKey, labelsOf, type VoiceForm } from '../../voice/header/edit-form.js';
import type { Schema } from '#libs/client';

/** A file that shall become a voice, and the name of that voice. */
export interface Draft {
  readonly id: string;
  readonly file: File;
  readonly name: string;
}

/** How a recording is split. What is null is left to Timbre. */
export interface SplitForm {
  readonly mode: Schema<'SplitMode'> | null;
  readonly select: Schema<'SampleSelection'> | null;
  readonly maxSamples: number | null;
  readonly sampleDuration: number | null;
  readonly minDuration: number | null;
}

export const emptyForm: VoiceForm = {
  language: 'en',
  labels: [],
  description: '',
  creatorName: '',
  creatorEmail: '',
};

export const noSplit: SplitForm = {
  mode: null,
  select: null,
  maxSamples: null,
  sampleDuration: null,
  minDuration: null,
};

/** The rules of names (libs/voices, voice-name.ts). */
const forbidden = /[\p{Cc}\p{Cs}\p{Bidi_Control}/\\]/u;
const allForbidden = new RegExp(forbidden.source, 'gu');

/** Returns whether a voice can have this name. White space around it does not matter. */
export function isVoiceName(typed: string): boolean {
  const name = typed.trim();
  const length = Array.from(name).length;
  return length >= 1 && length <= 255 && !forbidden.test(name) && name !== '.' && name !== '..';
}

/** Returns a name for the voice of a file: the file's, without its extension. Another one of the same name gets a number. */
export function nameOf(fileName: string, taken: readonly string[] = []): string {
  const stem = fileName.replace(/(?<!^)\.[^.]{1,5}$/u, '').replace(allForbidden, ' ');
  const words = Array.from(stem.replace(/\s+/gu, ' ').trim()).slice(0, 240).join('').trim();
  const name = isVoiceName(words) ? words : 'voice';
  for (let number = 1; ; number += 1) {
    const numbered = number === 1 ? name : `${name} (${number})`;
    if (!taken.includes(numbered)) return numbered;
  }
}

/** Returns drafts with those of more files. */
export function withFiles(drafts: readonly Draft[], files: readonly File[], newId: () => string): readonly Draft[] {
  return files.reduce<readonly Draft[]>((all, file) => {
    const taken = all.map(({ name }) => name.trim());
    return [...all, { id: newId(), file, name: nameOf(file.name, taken) }];
  }, drafts);
}

/** Returns the name that two drafts have; undefined if there is none. */
export function duplicateName(drafts: readonly Draft[]): string | undefined {
  const names = drafts.map(({ name }) => name.trim());
  return names.find((name, at) => names.indexOf(name) !== at);
}

/** Returns what is known about a new voice, as JSON. What is empty is left out. */
export function detailsOf(form: VoiceForm): Omit<Schema<'CreateEmptyVoiceFields'>, 'name'> {
  const labels = labelsOf(form.labels);
  const [description, name, email] = [form.description, form.creatorName, form.creatorEmail].map((typed) =>
    typed.trim(),
  );
  return {
    language: form.language,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(description && { description }),
    ...(name && { creator_name: name }),
    ...(email && { creator_email: email }),
  };
}

/** Returns the fields of an upload's form: as {@link detailsOf}, with the labels as JSON text, and how it is split. */
export function formFieldsOf(form: VoiceForm, split: SplitForm): Readonly<Record<string, string>> {
  const { labels, ...details } = detailsOf(form);
  const numbers = {
    split_max_samples: split.maxSamples,
    split_sample_duration: split.sampleDuration,
    split_min_duration: split.mode === 'speech' ? split.minDuration : null,
  };
  return {
    ...details,
    ...(labels && { labels: JSON.stringify(labels) }),
    ...(split.mode && { split_mode: split.mode }),
    ...(split.select && { split_select: split.select }),
    ...Object.fromEntries(
      Object.entries(numbers).flatMap(([field, value]) => (value === null ? [] : [[field, String(value)]])),
    ),
  };
}

/** Returns the label key that two rows have. */
export const duplicateLabel = ({ labels }: VoiceForm): string | undefined => duplicateKey(labels);
