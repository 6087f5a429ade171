import { useId, useState } from 'react';
import { Button as AriaButton, FieldError, Form, Input, Label, TextField } from 'react-aria-components';
import { text } from '../../texts/text.js';
import { Icon } from '../../ui/Icon.js';
import { isLabel } from './filters.js';

interface LabelFilterProps {
  readonly labels: readonly string[];
  readonly known: readonly string[];
  readonly onChange: (labels: readonly string[]) => void;
}

/** The API takes so many labels. */
const most = 20;

/** Lists only voices that have all of these labels. Labels of loaded voices are suggested. */
export function LabelFilter({ labels, known, onChange }: LabelFilterProps) {
  const listId = useId();
  const [typed, setTyped] = useState('');
  const [isWrong, setWrong] = useState(false);
  const add = (label: string): void => {
    setWrong(label !== '' && !isLabel(label));
    if (!isLabel(label) || labels.length >= most) return;
    setTyped('');
    if (!labels.includes(label)) onChange([...labels, label]);
  };
  const type = (value: string): void => {
    setTyped(value);
    setWrong(false);
    if (known.includes(value)) add(value); // chosen from the suggestions
  };
  return (
    <div className="voices-label-filter">
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          add(typed.trim());
        }}
      >
        <TextField className="field" value={typed} onChange={type} isInvalid={isWrong} validationBehavior="aria">
          <Label className="visually-hidden">{text('voices.labelFilter')}</Label>
          <Input className="field-input" list={listId} placeholder={text('voices.labelFilter')} />
          <FieldError className="field-error">{text('voices.labelForm')}</FieldError>
        </TextField>
        <datalist id={listId}>
          {known
            .filter((label) => !labels.includes(label))
            .map((label) => (
              <option key={label} value={label} />
            ))}
        </datalist>
      </Form>
      {labels.length > 0 && (
        <div className="row voices-labels">
          {labels.map((label) => (
            <AriaButton
              key={label}
              className="voices-label voices-label-chosen"
              aria-label={text('voices.withoutLabel', { label })}
              onPress={() => onChange(labels.filter((other) => other !== label))}
            >
              <bdi>{label}</bdi>
              <Icon name="x" size={13} />
            </AriaButton>
          ))}
        </div>
      )}
    </div>
  );
}
