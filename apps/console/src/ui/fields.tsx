import type { ReactNode } from 'react';
import {
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Switch as AriaSwitch,
  type SwitchProps,
  Text,
  TextArea,
  TextField as AriaTextField,
  type TextFieldProps,
  Button as AriaButton,
} from 'react-aria-components';
import { Icon } from './Icon.js';
import './fields.css';

interface Described {
  readonly label: string;
  readonly hint?: string | undefined;
  /** The sentence of the API or of the form; the field is then marked as wrong. */
  readonly error?: string | undefined;
}

function Notes({ hint, error }: Pick<Described, 'hint' | 'error'>) {
  return (
    <>
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </>
  );
}

/** A field that is marked as wrong does not keep its form from being sent: the server may accept what is written now. */
const invalid = (error: string | undefined) => ({
  isInvalid: error !== undefined,
  validationBehavior: 'aria' as const,
});

type Own<Props> = Omit<Props, 'className' | 'children'> & Described;

interface TextFieldOptions {
  readonly placeholder?: string;
  readonly lines?: number;
  /** Hides the label for the eyes, where the place says it. */
  readonly quiet?: boolean;
}

/** A line, or with `lines` several lines, of text. */
export function TextField({
  label,
  hint,
  error,
  placeholder,
  lines,
  quiet = false,
  ...props
}: Own<TextFieldProps> & TextFieldOptions) {
  const hintInside = placeholder === undefined ? {} : { placeholder };
  return (
    <AriaTextField {...props} {...invalid(error)} className="field">
      <Label className={quiet ? 'visually-hidden' : 'field-label'}>{label}</Label>
      {lines === undefined ? (
        <Input className="field-input" {...hintInside} />
      ) : (
        <TextArea className="field-input" rows={lines} {...hintInside} />
      )}
      <Notes hint={hint} error={error} />
    </AriaTextField>
  );
}

export interface Option<Id extends string> {
  readonly id: Id;
  readonly name: string;
}

interface SelectProps<Id extends string> extends Described {
  readonly options: readonly Option<Id>[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
  readonly isDisabled?: boolean;
  /** Hides the label for the eyes, where the place says it. */
  readonly quiet?: boolean;
}

/** One of a few options. */
export function Select<Id extends string>({
  label,
  hint,
  error,
  options,
  value,
  onChange,
  isDisabled = false,
  quiet = false,
}: SelectProps<Id>) {
  return (
    <AriaSelect
      className="field"
      value={value}
      onChange={(id) => onChange(id as Id)}
      isDisabled={isDisabled}
      {...invalid(error)}
    >
      <Label className={quiet ? 'visually-hidden' : 'field-label'}>{label}</Label>
      <AriaButton className="field-input select-button">
        <SelectValue className="ellipsis" />
        <Icon name="chevronDown" size={16} />
      </AriaButton>
      <Notes hint={hint} error={error} />
      <Popover className="popover">
        <ListBox className="listbox" items={options}>
          {({ id, name }: Option<Id>) => (
            <ListBoxItem id={id} className="listbox-item">
              {name}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

/** A setting that is on or off. */
export function Switch({ children, ...props }: Omit<SwitchProps, 'className' | 'children'> & { children: ReactNode }) {
  return (
    <AriaSwitch {...props} className="switch">
      <span className="switch-track" aria-hidden="true" />
      {children}
    </AriaSwitch>
  );
}
