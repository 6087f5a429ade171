import { Meter as AriaMeter } from 'react-aria-components';
import './meter.css';

interface MeterProps {
  readonly label: string;
  /** From 0 to 1. */
  readonly value: number;
  /** What the bar says, in words: a colour alone says nothing to many people. */
  readonly words: string;
  readonly tone?: 'plain' | 'fair' | 'poor';
}

/** How much of something limited is used. */
export function Meter({ label, value, words, tone = 'plain' }: MeterProps) {
  return (
    <AriaMeter aria-label={label} value={value * 100} valueLabel={words} className={`meter meter-${tone}`}>
      <div className="meter-fill" style={{ width: `${value * 100}%` }} />
    </AriaMeter>
  );
}
