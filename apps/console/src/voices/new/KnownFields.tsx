import { languageName } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Select, TextField } from '../../ui/fields.js';
import type { VoiceForm } from '../../voice/header/edit-form.js';
import { LabelRows } from '../../voice/header/LabelRows.js';
import { voiceLanguages } from '../../voice/languages.js';
import { duplicateLabel } from './draft.js';
import '../../voice/header/header.css';

type Errors = Readonly<Record<string, string>>;

interface FieldsProps {
  readonly form: VoiceForm;
  readonly onChange: (changes: Partial<VoiceForm>) => void;
  /** Sentences of the API for fields that it has refused. */
  readonly errors?: Errors;
}

const noErrors: Errors = {};

/** The language of a new voice, which decides what model embeds it. */
export function LanguageField({ form, onChange, errors = noErrors }: FieldsProps) {
  return (
    <Select
      label={text('voice.language')}
      error={errors['language']}
      options={voiceLanguages.map((id) => ({ id, name: languageName(id) }))}
      value={form.language}
      onChange={(language) => onChange({ language })}
    />
  );
}

/** Everything else that may be said about a new voice. */
export function KnownFields({ form, onChange, errors = noErrors }: FieldsProps) {
  const twice = duplicateLabel(form);
  return (
    <div className="stack">
      <TextField
        label={text('voice.description')}
        error={errors['description']}
        lines={2}
        value={form.description}
        onChange={(description) => onChange({ description })}
      />
      <div className="form-pair">
        <TextField
          label={text('voice.creatorName')}
          error={errors['creator_name']}
          value={form.creatorName}
          onChange={(creatorName) => onChange({ creatorName })}
        />
        <TextField
          label={text('voice.creatorEmail')}
          error={errors['creator_email']}
          inputMode="email"
          value={form.creatorEmail}
          onChange={(creatorEmail) => onChange({ creatorEmail })}
        />
      </div>
      <LabelRows
        rows={form.labels}
        onChange={(labels) => onChange({ labels })}
        error={twice === undefined ? errors['labels'] : text('voice.label.twice', { key: twice })}
      />
    </div>
  );
}
