import { useState } from 'react';
import { TextField } from './fields.js';
import { clamped, numberIn, type NumberRange } from './number-range.js';

interface NumberFieldProps extends NumberRange {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** NaN while the field is empty. */
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/**
 * A whole number within a range. What is typed counts as soon as it is within the range; what is not is corrected when the
 * field is left. Up and Down change it by one.
 */
export function NumberField({ label, hint, error, value, onChange, ...range }: NumberFieldProps) {
  const [typed, setTyped] = useState<string>();
  const shown = Number.isNaN(value) ? '' : String(value);
  const change = (given: string): void => {
    setTyped(given);
    const number = numberIn(given, range);
    if (number !== undefined) onChange(number);
  };
  const leave = (): void => {
    if (typed !== undefined && numberIn(typed, range) === undefined) onChange(clamped(typed, range));
    setTyped(undefined);
  };
  const step = (by: number): void => {
    setTyped(undefined);
    onChange(clamped(String((Number.isNaN(value) ? range.minValue - by : value) + by), range));
  };
  return (
    <TextField
      label={label}
      hint={hint}
      error={error}
      inputMode="numeric"
      autoComplete="off"
      value={typed ?? shown}
      onChange={change}
      onBlur={leave}
      onKeyDown={({ key }) => {
        if (key === 'ArrowUp') step(1);
        if (key === 'ArrowDown') step(-1);
      }}
    />
  );
}
