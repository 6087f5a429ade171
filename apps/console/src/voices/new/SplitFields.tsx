import { splitLimits } from '../../api/split-limits.js';
import { text } from '../../texts/text.js';
import { type Option, Select } from '../../ui/fields.js';
import { NumberField } from '../../ui/NumberField.js';
import type { SplitForm } from './draft.js';

interface SplitFieldsProps {
  readonly split: SplitForm;
  readonly onChange: (changes: Partial<SplitForm>) => void;
}

type Chosen<Value> = NonNullable<Value> | 'default';

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** How the recording is cut into samples. What stays empty is as Timbre does it by default. */
export function SplitFields({ split, onChange }: SplitFieldsProps) {
  const modes: readonly Option<Chosen<SplitForm['mode']>>[] = [
    { id: 'default', name: text('newVoice.split.default') },
    { id: 'fixed', name: text('newVoice.split.fixed') },
    { id: 'speech', name: text('newVoice.split.speech') },
  ];
  const selections: readonly Option<Chosen<SplitForm['select']>>[] = [
    { id: 'default', name: text('newVoice.split.default') },
    { id: 'first', name: text('newVoice.split.first') },
    { id: 'best', name: text('newVoice.split.best') },
  ];
  return (
    <div className="stack">
      <div className="form-pair">
        <Select
          label={text('newVoice.split.mode')}
          options={modes}
          value={split.mode ?? 'default'}
          onChange={(mode) => onChange({ mode: mode === 'default' ? null : mode })}
        />
        <Select
          label={text('newVoice.split.select')}
          options={selections}
          value={split.select ?? 'default'}
          onChange={(select) => onChange({ select: select === 'default' ? null : select })}
        />
      </div>
      <div className="form-pair">
        <NumberField
          label={text('newVoice.split.maxSamples')}
          hint={text('newVoice.split.maxSamples.hint')}
          {...splitLimits.maxSamples}
          value={split.maxSamples ?? Number.NaN}
          onChange={(maxSamples) => onChange({ maxSamples: orNull(maxSamples) })}
        />
        <NumberField
          label={text(split.mode === 'speech' ? 'newVoice.split.longest' : 'newVoice.split.duration')}
          hint={text('newVoice.split.duration.hint')}
          {...splitLimits.sampleSeconds}
          value={split.sampleDuration ?? Number.NaN}
          onChange={(sampleDuration) => onChange({ sampleDuration: orNull(sampleDuration) })}
        />
        {split.mode === 'speech' && (
          <NumberField
            label={text('newVoice.split.shortest')}
            hint={text('newVoice.split.shortest.hint')}
            {...splitLimits.minSeconds}
            maxValue={split.sampleDuration ?? splitLimits.minSeconds.maxValue}
            value={split.minDuration ?? Number.NaN}
            onChange={(minDuration) => onChange({ minDuration: orNull(minDuration) })}
          />
        )}
      </div>
    </div>
  );
}
