import { isBusy, unwrap } from '#libs/client';
import { useAction } from '../../api/use-action.js';
import { useSession } from '../../session/session.js';
import { clock } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { IconButton } from '../../ui/Button.js';
import { Badge } from '../../ui/notes.js';
import { sayFailed } from '../../ui/toasts.js';
import { SoundButton } from '../ab/SoundButton.js';
import type { AbChoice } from '../ab/use-ab.js';
import type { SectionProps } from '../section.js';
import type { PreviewRow as Row, Sentence } from './preview-rows.js';
import { soundOfSample, soundOfTest } from './sounds.js';

interface RowProps extends SectionProps {
  readonly row: Row;
  readonly sentences: readonly Sentence[];
  readonly ab: AbChoice;
}

/** One sample, and what was spoken in its voice. */
export function PreviewRow({ partner, voice, row, sentences, ab }: RowProps) {
  const { index, sample, score, isPreferred, tests } = row;
  const sampleSound = sample && soundOfSample(voice, sample);
  return (
    <li className={isPreferred ? 'preview preview-preferred' : 'preview'}>
      <div className="row preview-head">
        <Prefer partner={partner} voice={voice} row={row} />
        <h3>{text('previews.sample', { index })}</h3>
        {isPreferred && <Badge tone="good">{text('previews.preferred')}</Badge>}
        {!sample && <Badge tone="fair">{text('previews.sampleDeleted')}</Badge>}
        <div className="preview-facts" title={text('previews.score.hint')}>
          {[
            score === undefined ? text('previews.score.none') : text('previews.score', { score: score.toFixed(2) }),
            ...(sample ? [clock(sample.duration)] : []),
          ].join(' · ')}
        </div>
      </div>
      <div className="row">
        {sampleSound && <SoundButton sound={sampleSound} word={text('previews.sampleItself')} ab={ab} />}
        {sentences.map((sentence, at) => {
          const test = tests[at];
          const sound = test && soundOfTest(voice, test);
          return (
            sound && (
              <SoundButton
                key={sentence.index}
                sound={sound}
                word={text('previews.sentence', { number: sentence.index })}
                ab={ab}
              />
            )
          );
        })}
      </div>
    </li>
  );
}

function Prefer({ partner, voice, row: { index, sample, isPreferred } }: SectionProps & { row: Row }) {
  const { timbre } = useSession();
  const prefer = useAction((sample_index: number | null) =>
    unwrap(
      timbre.PUT('/api/voices/{partner}/{voice}/preferred-sample', {
        params: { path: { partner, voice: voice.id } },
        body: { sample_index },
      }),
    ),
  );
  const press = async (): Promise<void> => {
    const outcome = await prefer.run(isPreferred ? null : index);
    if (!outcome.isDone) sayFailed(outcome.failure);
  };
  return (
    <IconButton
      icon="star"
      filled={isPreferred}
      label={text(isPreferred ? 'previews.unprefer' : 'previews.prefer', { index })}
      isDisabled={!sample || isBusy(voice)}
      isPending={prefer.isPending}
      onPress={() => void press()}
    />
  );
}
