import type { ReactNode } from 'react';
import { text } from '../../texts/text.js';
import { Icon } from '../../ui/Icon.js';

function Entry({ swatch, children }: { swatch: string; children: ReactNode }) {
  return (
    <li className="legend-entry">
      <span className={`swatch ${swatch}`} aria-hidden="true" />
      {children}
    </li>
  );
}

/** Says what the colours and patterns of the waveform stand for, and what keys do there. */
export function Legend({ isPlanning }: { isPlanning: boolean }) {
  return (
    <div className="legend">
      <ul className="legend-list">
        <Entry swatch="swatch-speech">{text('recording.speech')}</Entry>
        <Entry swatch="swatch-silence">{text('recording.silence')}</Entry>
        <Entry swatch="cut-good">{text('grade.good')}</Entry>
        <Entry swatch="cut-fair">{text('grade.fair')}</Entry>
        <Entry swatch="cut-poor">{text('grade.poor')}</Entry>
        <li className="legend-entry">
          <Icon name="star" size={12} filled />
          {text('samples.preferred')}
        </li>
        {isPlanning && <Entry swatch="swatch-planned">{text('split.planned')}</Entry>}
      </ul>
      <p id="recording-keys" className="muted legend-keys">
        {text('recording.keys')}
      </p>
    </div>
  );
}
