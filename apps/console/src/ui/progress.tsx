import { ProgressBar as AriaProgressBar } from 'react-aria-components';
import { text } from '../texts/text.js';
import './progress.css';

interface ProgressProps {
  readonly label: string;
  /** From 0 to 1; undefined while it is not known. */
  readonly value: number | undefined;
  /** Shows only the bar. */
  readonly bare?: boolean;
}

/** How far something has come that takes more than a second. */
export function ProgressBar({ label, value, bare = false }: ProgressProps) {
  return (
    <AriaProgressBar
      className="progress"
      aria-label={label}
      value={(value ?? 0) * 100}
      isIndeterminate={value === undefined}
    >
      {({ percentage, valueText }) => (
        <>
          {!bare && (
            <div className="row spread progress-words">
              <span>{label}</span>
              {value !== undefined && <span className="muted">{valueText}</span>}
            </div>
          )}
          <div className="progress-track">
            <div
              className={value === undefined ? 'progress-fill progress-unknown' : 'progress-fill'}
              style={value === undefined ? {} : { width: `${percentage ?? 0}%` }}
            />
          </div>
        </>
      )}
    </AriaProgressBar>
  );
}

/** Takes the place of content that is being loaded. */
export function Loading({ lines = 3 }: { lines?: number }) {
  return (
    <div className="stack" role="status" aria-label={text('state.loading')}>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className="skeleton" />
      ))}
    </div>
  );
}
