import { bytes, count, dateTime, duration } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { useUsage } from '../admin-queries.js';
import { Answered } from '../Answered.js';
import { UsageBar } from './UsageBar.js';

/** What a partner uses, and how much of its quotas that is. */
export function UsageCard({ partner }: { partner: string }) {
  const usage = useUsage(partner);
  return (
    <section className="card stack" aria-labelledby="partner-usage">
      <h2 id="partner-usage">{text('admin.usage')}</h2>
      <Answered query={usage} lines={4}>
        {({ quotas, ...used }) => (
          <>
            <dl className="usage-list">
              <dt>{text('admin.quota.max_voices')}</dt>
              <dd>
                <UsageBar name="max_voices" used={used.voices} limit={quotas.max_voices} format={count} />
              </dd>
              <dt>{text('admin.quota.max_bytes')}</dt>
              <dd>
                <UsageBar name="max_bytes" used={used.bytes} limit={quotas.max_bytes} format={bytes} />
              </dd>
              <dt>{text('admin.quota.max_gpu_seconds_per_month')}</dt>
              <dd>
                <UsageBar
                  name="max_gpu_seconds_per_month"
                  used={used.gpu_seconds}
                  limit={quotas.max_gpu_seconds_per_month}
                  format={duration}
                />
              </dd>
              <dt>{text('admin.usage.samples')}</dt>
              <dd>{text('admin.usage.samplesOf', { count: used.samples, length: duration(used.seconds) })}</dd>
              <dt>{text('admin.usage.embeddings')}</dt>
              <dd>{count(used.embeddings)}</dd>
            </dl>
            <p className="muted field-hint">{text('admin.usage.since', { since: dateTime(used.since) })}</p>
          </>
        )}
      </Answered>
    </section>
  );
}
