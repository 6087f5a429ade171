import { text } from '../../texts/text.js';
import { Button, IconButton } from '../../ui/Button.js';
import { TextField } from '../../ui/fields.js';
import { longestSentence, mostSentences } from './embed-form.js';

interface SentencesProps {
  readonly sentences: readonly string[];
  readonly language: string;
  readonly error: string | undefined;
  readonly onChange: (sentences: readonly string[]) => void;
}

/** The sentences that an embedding speaks, one field for each. */
export function Sentences({ sentences, language, error, onChange }: SentencesProps) {
  return (
    <div className="stack" role="group" aria-label={text('embed.sentences')}>
      {sentences.map((sentence, at) => (
        <div key={at} className="sentence-row">
          <TextField
            label={text('embed.sentence', { number: at + 1 })}
            hint={
              sentence.length > longestSentence / 2
                ? text('embed.sentence.length', { length: sentence.length, most: longestSentence })
                : undefined
            }
            lang={language}
            lines={3}
            value={sentence}
            onChange={(given) => onChange(sentences.with(at, given.replaceAll('\n', ' ')))}
          />
          {sentences.length > 1 && (
            <IconButton
              icon="x"
              label={text('embed.sentence.remove', { number: at + 1 })}
              onPress={() => onChange(sentences.toSpliced(at, 1))}
            />
          )}
        </div>
      ))}
      {error !== undefined && (
        <div className="field-error" role="alert">
          {error}
        </div>
      )}
      {sentences.length < mostSentences && (
        <div>
          <Button icon="plus" kind="quiet" onPress={() => onChange([...sentences, ''])}>
            {text('embed.sentence.add')}
          </Button>
        </div>
      )}
    </div>
  );
}
