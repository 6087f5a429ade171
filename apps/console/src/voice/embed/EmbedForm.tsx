import { useState, type FormEvent } from 'react';
import { unwrap, type Schema } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { languageName } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Select, Switch, TextField } from '../../ui/fields.js';
import { FailureNote } from '../../ui/notes.js';
import { languageChoices } from '../languages.js';
import type { SectionProps } from '../section.js';
import { embedFieldsOf, emptyEmbedForm, ownSentences, type EmbedForm as Form } from './embed-form.js';
import { Sentences } from './Sentences.js';

/** Starts an embedding. What it is made with is folded away, because the defaults are right most of the time. */
export function EmbedForm({ partner, voice, isLocked }: SectionProps & { isLocked: boolean }) {
  const { timbre } = useSession();
  const [form, setForm] = useState(emptyEmbedForm);
  const [isOpen, setOpen] = useState(false);
  const embed = useAction(
    (body: Schema<'EmbedFields'>) =>
      unwrap(
        timbre.POST('/api/voices/{partner}/{voice}/embed', { params: { path: { partner, voice: voice.id } }, body }),
      ),
    { done: text('embed.started') },
  );
  const { fields } = embed;
  const language = form.language ?? voice.language;
  const change = (part: Partial<Form>): void => setForm({ ...form, ...part });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void embed.run(isOpen ? embedFieldsOf(form, voice) : {});
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div className="row">
        <Button kind="primary" icon="sparkles" type="submit" isDisabled={isLocked} isPending={embed.isPending}>
          {text(voice.embedding_info?.run_id ? 'embed.again' : 'embed.start')}
        </Button>
        <Button
          kind="quiet"
          icon={isOpen ? 'chevronDown' : 'chevronRight'}
          aria-expanded={isOpen}
          onPress={() => setOpen(!isOpen)}
        >
          {text('embed.options')}
        </Button>
      </div>
      {isOpen && (
        <>
          <div className="form-pair">
            <TextField
              label={text('embed.type')}
              error={fields['tts_type']}
              value={form.ttsType ?? voice.embedding_type}
              onChange={(ttsType) => change({ ttsType })}
            />
            <Select
              label={text('voice.language')}
              error={fields['language']}
              options={languageChoices(voice.language).map((id) => ({ id, name: languageName(id) }))}
              value={language}
              onChange={(chosen) => change({ language: chosen })}
            />
          </div>
          <Switch
            isSelected={form.hasOwnSentences}
            onChange={(hasOwnSentences) => change({ hasOwnSentences, sentences: ownSentences(form, voice) })}
          >
            {text('embed.ownSentences')}
          </Switch>
          {form.hasOwnSentences ? (
            <Sentences
              sentences={form.sentences}
              language={language}
              error={fields['test_sentences']}
              onChange={(sentences) => change({ sentences })}
            />
          ) : (
            <p className="field-hint">{text('embed.sentences.default', { language: languageName(language) })}</p>
          )}
        </>
      )}
      {(Object.keys(fields).length === 0 || !isOpen) && <FailureNote failure={embed.failure} />}
    </form>
  );
}
