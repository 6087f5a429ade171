import { Button as AriaButton, Input, Label, SearchField as AriaSearchField } from 'react-aria-components';
import { text } from '../texts/text.js';
import { Icon } from './Icon.js';
import './search-field.css';

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly maxLength?: number;
}

/** A line to search by. Escape and the cross clear it. */
export function SearchField({ label, value, onChange, maxLength = 255 }: SearchFieldProps) {
  return (
    <AriaSearchField className="search" value={value} onChange={onChange} maxLength={maxLength}>
      <Label className="visually-hidden">{label}</Label>
      <Icon name="search" size={16} />
      <Input className="field-input search-input" placeholder={label} />
      {value !== '' && (
        <AriaButton className="search-clear" aria-label={text('action.clear')}>
          <Icon name="x" size={14} />
        </AriaButton>
      )}
    </AriaSearchField>
  );
}
