import type { SectionProps } from '../section.js';

export function VoiceHeader(_props: SectionProps) {
  return null;
}
