import type { SectionProps } from '../section.js';

export function EmbedPanel(_props: SectionProps) {
  return null;
}
