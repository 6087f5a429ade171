import type { SectionProps } from '../section.js';

export function Samples(_props: SectionProps) {
  return null;
}
