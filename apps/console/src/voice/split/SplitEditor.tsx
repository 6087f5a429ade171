import type { SectionProps } from '../section.js';

export function SplitEditor(_props: SectionProps) {
  return null;
}
