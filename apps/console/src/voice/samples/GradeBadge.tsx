import type { Schema } from '#libs/client';
import { text } from '../../texts/text.js';
import { Badge, toneIcons } from '../../ui/notes.js';

/** The grade of a sample in a word, a colour and an icon. */
export function GradeBadge({ grade }: { grade: Schema<'SampleGrade'> }) {
  return (
    <Badge tone={grade} icon={toneIcons[grade]}>
      {text(`grade.${grade}`)}
    </Badge>
  );
}
