import type { Schema } from '#libs/client';
import { text } from '../../texts/text.js';
import { Badge } from '../../ui/notes.js';

const icons = { good: 'circleCheck', fair: 'triangleAlert', poor: 'circleAlert' } as const;

/** The grade of a sample in a word, a colour and an icon. */
export function GradeBadge({ grade }: { grade: Schema<'SampleGrade'> }) {
  return (
    <Badge tone={grade} icon={icons[grade]}>
      {text(`grade.${grade}`)}
    </Badge>
  );
}
