import { text } from '../../texts/text.js';
import { Icon } from '../../ui/Icon.js';
import { Meter } from '../../ui/Meter.js';
import { usageOfQuota } from './usage-of-quota.js';
import type { QuotaName } from './quotas.js';

interface UsageBarProps {
  readonly name: QuotaName;
  readonly used: number;
  readonly limit: number | null;
  readonly format: (value: number) => string;
}

const tones = { ample: 'plain', scarce: 'fair', full: 'poor' } as const;

/** What is used and what may be used, in words and as a bar. */
export function UsageBar({ name, used, limit, format }: UsageBarProps) {
  const { share, percent, state } = usageOfQuota(used, limit);
  if (limit === null || share === undefined || state === 'unlimited') return <span>{format(used)}</span>;
  const words = text('admin.usage.of', { used: format(used), limit: format(limit) });
  return (
    <div className="usage">
      <div className="row spread usage-words">
        <span>{words}</span>
        <span className={`usage-share usage-${state}`}>
          {state !== 'ample' && <Icon name={state === 'full' ? 'circleAlert' : 'triangleAlert'} size={13} />}
          {percent !== undefined && text('admin.usage.percent', { percent })}
        </span>
      </div>
      <Meter label={text(`admin.quota.${name}`)} value={share} words={words} tone={tones[state]} />
    </div>
  );
}
