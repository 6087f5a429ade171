import type { Schema } from '#libs/client';
import { ago, count } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Badge } from '../../ui/notes.js';
import { Time } from '../../ui/Time.js';
import { useNow } from '../../ui/use-now.js';
import { endedShare, partsOf } from './parts.js';
import { PartsBar } from './PartsBar.js';
import { scopeOf } from './scope.js';

const looks = {
  running: { tone: 'info', icon: 'activity' },
  cancelled: { tone: 'plain', icon: 'circleStop' },
  completed: { tone: 'good', icon: 'circleCheck' },
} as const;

/** A recompute: how far it has come, and when it will be done. */
export function RecomputeCard({ recompute, onCancel }: { recompute: Schema<'Recompute'>; onCancel: () => void }) {
  const { tts_type, state, forecast, created_at, finished_at, voices } = recompute;
  return (
    <article className="card stack" aria-labelledby={`recompute-${recompute.id}`}>
      <div className="row spread">
        <div>
          <h2 id={`recompute-${recompute.id}`} className="row">
            {tts_type}
            <Badge {...looks[state]}>{text(`admin.recompute.state.${state}`)}</Badge>
          </h2>
          <p className="muted">{scopeOf(recompute)}</p>
        </div>
        {state === 'running' && (
          <Button kind="danger" icon="circleStop" onPress={onCancel}>
            {text('admin.recompute.cancel')}
          </Button>
        )}
      </div>
      <PartsBar parts={partsOf(recompute)} share={endedShare(recompute)} />
      <p className="muted field-hint">
        {text('admin.recompute.voices', { voices })} · {text('admin.recompute.started')} <Time iso={created_at} />
        {finished_at !== null && (
          <>
            {' · '}
            {text('admin.recompute.finished')} <Time iso={finished_at} />
          </>
        )}
        {forecast && <Forecast forecast={forecast} />}
      </p>
    </article>
  );
}

function Forecast({ forecast }: { forecast: Schema<'RecomputeForecast'> }) {
  const now = useNow();
  const rate = count(Number(forecast.voices_per_hour.toFixed(forecast.voices_per_hour < 10 ? 1 : 0)));
  return <> · {text('admin.recompute.forecast', { rate, when: ago(forecast.finishes_at, now) })}</>;
}
