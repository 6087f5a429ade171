import type { Schema } from '#libs/client';
import { text } from '../../texts/text.js';
import { figuresOf } from './figures.js';

/** What was measured of a sample, and why it has its grade. */
export function SampleFigures({ quality }: { quality: Schema<'SampleQuality'> }) {
  const edges = [
    { name: 'figures.starts', value: quality.starts_in_speech },
    { name: 'figures.ends', value: quality.ends_in_speech },
  ] as const;
  return (
    <dl className="figures">
      {figuresOf(quality).map(({ name, value }) => (
        <div key={name}>
          <dt>{text(name)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {edges.map(({ name, value }) => (
        <div key={name}>
          <dt>{text(name)}</dt>
          <dd>{text(value ? 'figures.inSpeech' : 'figures.inPause')}</dd>
        </div>
      ))}
    </dl>
  );
}
