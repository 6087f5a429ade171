import type { SectionProps } from '../section.js';

export function Previews(_props: SectionProps) {
  return null;
}
