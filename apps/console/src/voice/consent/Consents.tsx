import type { SectionProps } from '../section.js';

export function Consents(_props: SectionProps) {
  return null;
}
