import { splitLimits } from '../../api/split-limits.js';
import { text } from '../../texts/text.js';
import { NumberField } from '../../ui/NumberField.js';
import { Segments } from '../../ui/Segments.js';
import type { SplitForm } from './split-form.js';

interface SplitFieldsProps {
  readonly form: SplitForm;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (form: SplitForm) => void;
}

/** What a split is asked for: where it cuts, how long samples are, how many are kept, and which. */
export function SplitFields({ form, errors, onChange }: SplitFieldsProps) {
  const set = (change: Partial<SplitForm>): void => onChange({ ...form, ...change });
  const isSpeech = form.mode === 'speech';
  return (
    <div className="split-fields">
      <div className="field">
        <span className="field-label" aria-hidden="true">
          {text('split.mode')}
        </span>
        <Segments
          label={text('split.mode')}
          options={[
            { id: 'speech', name: text('split.mode.speech') },
            { id: 'fixed', name: text('split.mode.fixed') },
          ]}
          value={form.mode}
          onChange={(mode) => set({ mode })}
        />
        <span className="field-hint">{text(isSpeech ? 'split.mode.speechHint' : 'split.mode.fixedHint')}</span>
      </div>
      <NumberField
        label={text(isSpeech ? 'split.longest' : 'split.length')}
        value={form.sampleSeconds}
        {...splitLimits.sampleSeconds}
        error={errors['sample_duration']}
        onChange={(sampleSeconds) => !Number.isNaN(sampleSeconds) && set({ sampleSeconds })}
      />
      {isSpeech && (
        <NumberField
          label={text('split.shortest')}
          value={Math.min(form.minSeconds, form.sampleSeconds)}
          {...splitLimits.minSeconds}
          maxValue={form.sampleSeconds}
          error={errors['min_duration']}
          onChange={(minSeconds) => !Number.isNaN(minSeconds) && set({ minSeconds })}
        />
      )}
      <NumberField
        label={text('split.most')}
        value={form.maxSamples}
        {...splitLimits.maxSamples}
        error={errors['max_samples']}
        onChange={(maxSamples) => !Number.isNaN(maxSamples) && set({ maxSamples })}
      />
      <div className="field">
        <span className="field-label" aria-hidden="true">
          {text('split.select')}
        </span>
        <Segments
          label={text('split.select')}
          options={[
            { id: 'first', name: text('split.select.first') },
            { id: 'best', name: text('split.select.best') },
          ]}
          value={form.select}
          onChange={(select) => set({ select })}
        />
        <span className="field-hint">{text('split.selectHint')}</span>
      </div>
    </div>
  );
}
