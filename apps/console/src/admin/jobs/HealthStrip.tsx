import { text } from '../../texts/text.js';
import { Badge, Note, toneIcons } from '../../ui/notes.js';
import { useHealth } from '../admin-queries.js';
import { Answered } from '../Answered.js';
import { healthOf } from './health.js';

/** Whether Timbre's dependencies answer, and what it means if one does not. */
export function HealthStrip({ everyMs }: { everyMs: number | false }) {
  const health = useHealth(everyMs);
  return (
    <Answered query={health} lines={1}>
      {({ status, dependencies }) => {
        const all = healthOf(dependencies);
        return (
          <section className="stack health" aria-label={text('admin.health')}>
            <ul className="row">
              {all.map(({ name, state, tone }) => (
                <li key={name}>
                  <Badge tone={tone} icon={toneIcons[tone]}>
                    {text(`admin.health.${name}`)}: {text(`admin.health.state.${state}`)}
                  </Badge>
                </li>
              ))}
            </ul>
            {status === 'stopping' && <Note tone="fair">{text('admin.health.stopping')}</Note>}
            {all
              .filter(({ tone }) => tone !== 'good')
              .map(({ name, tone, state }) => (
                <Note key={name} tone={tone}>
                  {text(`admin.health.${name}.trouble`, { state })}
                </Note>
              ))}
          </section>
        );
      }}
    </Answered>
  );
}
