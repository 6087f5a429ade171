import { text } from '../../texts/text.js';
import { Button, IconButton } from '../../ui/Button.js';
import { TextField } from '../../ui/fields.js';
import { withRow, type LabelRow } from './edit-form.js';

const mostLabels = 20;

interface LabelRowsProps {
  readonly rows: readonly LabelRow[];
  readonly onChange: (rows: readonly LabelRow[]) => void;
  readonly error: string | undefined;
}

/** The labels of a voice: a key and a value in each row. */
export function LabelRows({ rows, onChange, error }: LabelRowsProps) {
  const change = (id: number, part: Partial<LabelRow>): void =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <fieldset className="label-rows" aria-describedby={error === undefined ? undefined : 'labels-error'}>
      <legend className="field-label">{text('voice.labels')}</legend>
      {rows.map(({ id, key, value }, at) => (
        <div key={id} className="label-row">
          <TextField
            quiet
            label={text('voice.label.key', { number: at + 1 })}
            placeholder={text('voice.label.keyExample')}
            value={key}
            onChange={(given) => change(id, { key: given })}
          />
          <TextField
            quiet
            label={text('voice.label.value', { number: at + 1 })}
            placeholder={text('voice.label.valueExample')}
            value={value}
            onChange={(given) => change(id, { value: given })}
          />
          <IconButton
            icon="x"
            label={text('voice.label.remove', { number: at + 1 })}
            onPress={() => onChange(rows.filter((row) => row.id !== id))}
          />
        </div>
      ))}
      {error !== undefined && (
        <div id="labels-error" className="field-error" role="alert">
          {error}
        </div>
      )}
      {rows.length < mostLabels && (
        <Button icon="plus" kind="quiet" onPress={() => onChange(withRow(rows))}>
          {text('voice.label.add')}
        </Button>
      )}
    </fieldset>
  );
}
