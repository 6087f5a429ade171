import { useState, type ReactNode } from 'react';
import type { Schema } from '#libs/client';
import { clock } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { IconButton } from '../../ui/Button.js';
import { Icon } from '../../ui/Icon.js';
import { lengthText, scoreText } from './figures.js';
import { GradeBadge } from './GradeBadge.js';
import { SampleFigures } from './SampleFigures.js';
import { startOf } from './sample-order.js';

interface SampleRowProps {
  readonly sample: Schema<'Sample'>;
  readonly score: number | undefined;
  readonly fileName: string;
  readonly isPreferred: boolean;
  /** The one that the keyboard is on. Only its buttons are reached with Tab. */
  readonly isCurrent: boolean;
  readonly isPlaying: boolean;
  readonly mayChange: boolean;
  readonly onPlay: () => void;
  readonly onPrefer: () => void;
  readonly onDelete: () => void;
  readonly onFocus: () => void;
  /** The picture of its levels. */
  readonly children: ReactNode;
}

/** One sample: to hear, to judge, to prefer. */
export function SampleRow(props: SampleRowProps) {
  const { sample, score, fileName, isPreferred, isCurrent, isPlaying, mayChange, children } = props;
  const { index, quality, duration, url } = sample;
  const [isOpen, setOpen] = useState(false);
  const start = startOf(sample);
  const reasons = quality?.reasons ?? [];
  return (
    <div
      role="row"
      tabIndex={isCurrent ? 0 : -1}
      aria-selected={isCurrent}
      data-sample={index}
      data-playing={isPlaying || undefined}
      data-preferred={isPreferred || undefined}
      className="sample"
      onFocus={props.onFocus}
    >
      <div role="gridcell" className="sample-play">
        <IconButton
          icon={isPlaying ? 'pause' : 'play'}
          label={text(isPlaying ? 'samples.pause' : 'samples.play', { index })}
          kind="plain"
          filled
          isDisabled={url === undefined}
          excludeFromTabOrder={!isCurrent}
          onPress={props.onPlay}
        />
      </div>
      <div role="gridcell" className="sample-name">
        <span className="sample-number">{text('samples.name', { index })}</span>
        <span className="muted">
          {start === undefined
            ? text('samples.uploaded', { length: lengthText(duration) })
            : text('samples.place', { start: clock(start), length: lengthText(duration) })}
        </span>
      </div>
      <div role="gridcell" className="sample-wave">
        {children}
      </div>
      <div role="gridcell" className="sample-score">
        {score !== undefined && (
          <>
            <span className="sample-score-name">{text('samples.score')}</span> {scoreText(score)}
            <span className="score-bar" aria-hidden="true">
              <span style={{ width: `${Math.max(0, score) * 100}%` }} />
            </span>
          </>
        )}
      </div>
      <div role="gridcell" className="sample-grade">
        {quality && <GradeBadge grade={quality.grade} />}
      </div>
      <div role="gridcell" className="sample-actions">
        <IconButton
          icon="star"
          filled={isPreferred}
          label={text(isPreferred ? 'samples.unprefer' : 'samples.prefer', { index })}
          isDisabled={!mayChange}
          excludeFromTabOrder={!isCurrent}
          onPress={props.onPrefer}
        />
        <IconButton
          icon="gauge"
          label={text(isOpen ? 'samples.hideFigures' : 'samples.showFigures', { index })}
          aria-expanded={isOpen}
          isDisabled={!quality}
          excludeFromTabOrder={!isCurrent}
          onPress={() => setOpen(!isOpen)}
        />
        {url !== undefined && (
          <a
            className="button button-icon button-quiet"
            href={url}
            download={fileName}
            aria-label={text('samples.download', { index })}
            title={text('samples.download', { index })}
            tabIndex={isCurrent ? 0 : -1}
          >
            <Icon name="download" />
          </a>
        )}
        <IconButton
          icon="trash"
          label={text('samples.delete', { index })}
          isDisabled={!mayChange}
          excludeFromTabOrder={!isCurrent}
          onPress={props.onDelete}
        />
      </div>
      {(reasons.length > 0 || isOpen) && (
        <div role="gridcell" className="sample-more">
          {reasons.map(({ code, message }) => (
            <p key={code} className="sample-reason">
              {message}
            </p>
          ))}
          {isOpen && quality && <SampleFigures quality={quality} />}
        </div>
      )}
    </div>
  );
}
