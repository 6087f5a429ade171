import { useState } from 'react';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Section } from '../../ui/Section.js';
import { VoiceProgress } from '../header/VoiceProgress.js';
import type { SectionProps } from '../section.js';
import { firstForm } from './split-form.js';
import { SplitPlan } from './SplitPlan.js';
import './split.css';

/** Cuts the recording anew. What a split would make is drawn on the waveform before anything is changed. */
export function SplitEditor(section: SectionProps) {
  const { voice } = section;
  const [form, setForm] = useState(firstForm);
  const [isOpen, setOpen] = useState(false);
  const { status, progress } = voice;
  if (typeof voice.original_url !== 'string') return null;
  const attempt = (
    <Button icon="scissors" onPress={() => setOpen(true)}>
      {text('split.try')}
    </Button>
  );
  return (
    <Section title={text('split.title')} actions={isOpen ? undefined : attempt}>
      {status.splitting === 'in_progress' && progress && <VoiceProgress progress={progress} />}
      {isOpen ? (
        <SplitPlan {...section} form={form} onChange={setForm} onClose={() => setOpen(false)} />
      ) : (
        <p className="muted">{text('split.lead')}</p>
      )}
    </Section>
  );
}
