import type { SectionProps } from '../section.js';

export function Recording(_props: SectionProps) {
  return null;
}
