import { Link } from 'wouter';
import type { Schema } from '#libs/client';
import { partnerHref, voicesHref } from '../../app/addresses.js';
import { bytes, count, duration } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Icon } from '../../ui/Icon.js';
import { Cell, Row } from '../../ui/Table.js';
import { Time } from '../../ui/Time.js';
import { useUsage } from '../admin-queries.js';
import { UsageBar } from '../partner/UsageBar.js';
import { useSeen } from '../use-seen.js';

/** A partner in the table. What it uses is asked for when the row comes into view. */
export function PartnerRow({ partner: { name, quotas, created_at } }: { partner: Schema<'Partner'> }) {
  const [cell, isSeen] = useSeen<HTMLDivElement>();
  const { data: usage, error } = useUsage(name, isSeen);
  const waiting = error ? text('admin.usage.unknown') : '…';
  return (
    <Row>
      <Cell>
        <div ref={cell}>
          <Link href={partnerHref(name)} className="table-link admin-name">
            {name}
          </Link>
        </div>
      </Cell>
      <Cell label={text('admin.quota.max_voices')}>
        {usage ? <UsageBar name="max_voices" used={usage.voices} limit={quotas.max_voices} format={count} /> : waiting}
      </Cell>
      <Cell label={text('admin.quota.max_bytes')}>
        {usage ? <UsageBar name="max_bytes" used={usage.bytes} limit={quotas.max_bytes} format={bytes} /> : waiting}
      </Cell>
      <Cell label={text('admin.quota.max_gpu_seconds_per_month')}>
        {usage ? (
          <UsageBar
            name="max_gpu_seconds_per_month"
            used={usage.gpu_seconds}
            limit={quotas.max_gpu_seconds_per_month}
            format={duration}
          />
        ) : (
          waiting
        )}
      </Cell>
      <Cell label={text('admin.created')}>
        <span className="muted">
          <Time iso={created_at} />
        </span>
      </Cell>
      <Cell isNumeric>
        <Link
          href={voicesHref(name)}
          className="button button-quiet table-above"
          aria-label={text('admin.partner.voicesOf', { partner: name })}
        >
          <Icon name="audioLines" size={16} />
          {text('admin.partner.voices')}
        </Link>
      </Cell>
    </Row>
  );
}
