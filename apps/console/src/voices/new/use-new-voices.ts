import { useState } from 'react';
import { type Timbre, unwrap } from '#libs/client';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import type { VoiceForm } from '../../voice/header/edit-form.js';
import { useUploadQueue } from '../upload/uploads.js';
import { type Draft, duplicateLabel, duplicateName, formFieldsOf, isVoiceName, type SplitForm } from './draft.js';

export interface NewVoices {
  /** Checks the names and starts to upload. Returns the ids of the uploads, or nothing if a name is wrong or taken. */
  readonly start: (
    drafts: readonly Draft[],
    form: VoiceForm,
    split: SplitForm,
  ) => Promise<readonly string[] | undefined>;
  readonly isChecking: boolean;
  /** Sentences for names, by the ids of their drafts. */
  readonly nameErrors: Readonly<Record<string, string>>;
  readonly failure: unknown;
}

/** Makes voices of files. A name that is taken is refused before anything is sent, and not after a long upload. */
export function useNewVoices(partner: string): NewVoices {
  const { timbre } = useSession();
  const queue = useUploadQueue();
  const [isChecking, setChecking] = useState(false);
  const [nameErrors, setNameErrors] = useState<Readonly<Record<string, string>>>({});
  const [failure, setFailure] = useState<unknown>();

  const start: NewVoices['start'] = async (drafts, form, split) => {
    setFailure(undefined);
    const wrong = wrongNames(drafts);
    setNameErrors(wrong);
    if (Object.keys(wrong).length > 0 || duplicateLabel(form) !== undefined) return undefined;
    setChecking(true);
    try {
      const taken = await takenNames(timbre, partner, drafts);
      setNameErrors(taken);
      if (Object.keys(taken).length > 0) return undefined;
    } catch (error) {
      setFailure(error);
      return undefined;
    } finally {
      setChecking(false);
    }
    const fields = formFieldsOf(form, split);
    return queue.add(drafts.map(({ name, file }) => ({ partner, kind: 'recording', name: name.trim(), file, fields })));
  };
  return { start, isChecking, nameErrors, failure };
}

function wrongNames(drafts: readonly Draft[]): Readonly<Record<string, string>> {
  const twice = duplicateName(drafts);
  return Object.fromEntries(
    drafts.flatMap(({ id, name }) => {
      if (!isVoiceName(name)) return [[id, text('newVoice.nameRule')]];
      return name.trim() === twice ? [[id, text('newVoice.nameTwice')]] : [];
    }),
  );
}

async function takenNames(
  timbre: Timbre,
  partner: string,
  drafts: readonly Draft[],
): Promise<Readonly<Record<string, string>>> {
  const checked = await Promise.all(
    drafts.map(async ({ id, name }) => ({ id, isTaken: await isTaken(timbre, partner, name.trim()) })),
  );
  return Object.fromEntries(checked.flatMap(({ id, isTaken }) => (isTaken ? [[id, text('newVoice.nameTaken')]] : [])));
}

/** A name contains itself, so it is among the voices that a search for it finds. */
async function isTaken(timbre: Timbre, partner: string, name: string): Promise<boolean> {
  const params = { path: { partner }, query: { q: name, limit: 1000 } };
  const found = await unwrap(timbre.GET('/api/voices/{partner}', { params }));
  return found.some((voice) => voice.name === name);
}
