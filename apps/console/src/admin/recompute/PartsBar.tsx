import { ProgressBar } from 'react-aria-components';
import { count } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import type { Part } from './parts.js';
import './recompute.css';

/** How many voices stand how, as a bar of several colours with its words. */
export function PartsBar({ parts, share }: { parts: readonly Part[]; share: number }) {
  return (
    <div className="stack parts">
      <ProgressBar className="parts-track" aria-label={text('admin.recompute.progress')} value={share * 100}>
        {parts.map((part) => (
          <span key={part.name} className={`part part-${part.name}`} style={{ flexGrow: part.voices }} />
        ))}
      </ProgressBar>
      <ul className="row parts-words">
        {parts.map(({ name, voices }) => (
          <li key={name} className="row">
            <span className={`part-dot part-${name}`} aria-hidden="true" />
            {text(`admin.recompute.count.${name}`, { count: count(voices) })}
          </li>
        ))}
      </ul>
    </div>
  );
}
