import type { Schema } from '#libs/client';
import { clock } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Badge, toneIcons } from '../../ui/notes.js';
import { gradesOf } from '../samples/sample-order.js';

/** What a split would make, in numbers. The waveform shows it as a picture. */
export function SplitOutcome({ preview, isPending }: { preview: Schema<'SplitPreview'>; isPending: boolean }) {
  const grades = gradesOf(preview.samples);
  const kept = preview.samples.reduce((sum, { duration }) => sum + duration, 0);
  return (
    <div className="split-outcome" role="status" aria-busy={isPending} data-pending={isPending || undefined}>
      <strong>{text('split.outcome', { count: preview.samples.length, kept: clock(kept) })}</strong>
      <div className="row">
        {(['good', 'fair', 'poor'] as const).map(
          (grade) =>
            grades[grade] > 0 && (
              <Badge key={grade} tone={grade} icon={toneIcons[grade]}>
                {text(`split.grades.${grade}`, { count: grades[grade] })}
              </Badge>
            ),
        )}
      </div>
      <span className="muted">
        {preview.dropped_seconds < 0.5
          ? text('split.nothingDropped')
          : text('split.dropped', { dropped: clock(Math.round(preview.dropped_seconds)) })}
      </span>
    </div>
  );
}
