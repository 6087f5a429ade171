import { text } from '../texts/text.js';
import './logo.css';

/** The name with its mark. */
export function Logo() {
  return (
    <span className="logo">
      <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="var(--accent)" />
        <path
          d="M8 13v6M12 9v14M16 6v20M20 11v10M24 14v4"
          stroke="var(--on-accent)"
          strokeWidth="2.4"
          strokeLinecap="round"
        />
      </svg>
      {text('app.name')}
    </span>
  );
}
