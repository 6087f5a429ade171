import type { SectionProps } from '../section.js';

export function Runs(_props: SectionProps) {
  return null;
}
