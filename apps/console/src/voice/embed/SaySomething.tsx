import { useState, type FormEvent } from 'react';
import { unwrap, type Schema } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Select, TextField } from '../../ui/fields.js';
import { FailureNote } from '../../ui/notes.js';
import type { SectionProps } from '../section.js';
import { SpeechLine } from './SpeechLine.js';

/** Speaks a text of one's own in the voice, to hear it before one chooses a sample. */
export function SaySomething({ partner, voice }: SectionProps) {
  const { timbre } = useSession();
  const [words, setWords] = useState('');
  const [sample, setSample] = useState('');
  const [speeches, setSpeeches] = useState<readonly Schema<'Speech'>[]>([]);
  const speak = useAction(
    (body: Schema<'SpeakFields'>) =>
      unwrap(
        timbre.POST('/api/voices/{partner}/{voice}/speak', { params: { path: { partner, voice: voice.id } }, body }),
      ),
    { refresh: [] },
  );
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const outcome = await speak.run({ text: words.trim(), ...(sample !== '' && { sample_index: Number(sample) }) });
    if (outcome.isDone) setSpeeches([outcome.result, ...speeches]);
  };
  const scored = voice.embedding_info?.sample_scores ?? [];
  const options = [
    { id: '', name: text('embed.say.preferred') },
    ...scored.map(({ sample_index }) => ({
      id: String(sample_index),
      name: text('previews.sample', { index: sample_index }),
    })),
  ];
  const { fields } = speak;
  return (
    <form className="stack say" onSubmit={(event) => void submit(event)}>
      <h3>{text('embed.say.title')}</h3>
      <TextField
        label={text('embed.say.text')}
        error={fields['text']}
        lines={2}
        lang={voice.embedding_info?.language ?? voice.language}
        value={words}
        onChange={(given) => setWords(given.replaceAll('\n', ' '))}
      />
      <div className="say-row">
        <Select
          label={text('embed.say.sample')}
          quiet
          error={fields['sample_index']}
          options={options}
          value={sample}
          onChange={setSample}
        />
        <Button icon="volume" type="submit" isPending={speak.isPending} isDisabled={words.trim() === ''}>
          {text('embed.say.action')}
        </Button>
      </div>
      {Object.keys(fields).length === 0 && <FailureNote failure={speak.failure} />}
      {speeches.length > 0 && (
        <ul className="stack" aria-label={text('embed.say.list')}>
          {speeches.map((speech) => (
            <SpeechLine key={speech.id} partner={partner} voice={voice} speech={speech} />
          ))}
        </ul>
      )}
    </form>
  );
}
