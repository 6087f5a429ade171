import { Link } from 'wouter';
import type { Schema } from '#libs/client';
import { ago, dateTime, duration } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import type { IconName } from '../../ui/Icon.js';
import { Badge } from '../../ui/notes.js';
import { Cell, Row } from '../../ui/Table.js';
import { durationOf, isUnderWay } from './job-list.js';

interface JobRowProps {
  readonly job: Schema<'Job'>;
  readonly now: number;
  readonly onCancel: () => void;
}

type Tone = 'plain' | 'info' | 'good' | 'poor';

const looks: Readonly<Record<Schema<'JobState'>, readonly [Tone, IconName]>> = {
  queued: ['plain', 'listChecks'],
  running: ['info', 'activity'],
  waiting: ['info', 'history'],
  completed: ['good', 'circleCheck'],
  failed: ['poor', 'circleAlert'],
};

/** A job: whose it is, how far it has come and what went wrong. */
export function JobRow({ job, now, onCancel }: JobRowProps) {
  const [tone, icon] = looks[job.state];
  const took = duration(durationOf(job, now));
  return (
    <Row>
      <Cell>
        <div>
          <Link href={`/partners/${encodeURIComponent(job.partner)}/voices/${encodeURIComponent(job.voice)}`}>
            {job.voice}
          </Link>
        </div>
        <Link href={`/admin/partners/${encodeURIComponent(job.partner)}`} className="muted field-hint job-partner">
          {job.partner}
        </Link>
      </Cell>
      <Cell label={text('admin.jobs.kind')}>{text(`admin.jobs.kind.${job.kind}`)}</Cell>
      <Cell label={text('admin.jobs.state')}>
        <div>
          <Badge tone={tone} icon={icon}>
            {text(`admin.jobs.state.${job.state}`)}
          </Badge>
          {job.error !== null && (
            <div className={job.state === 'failed' ? 'job-error' : 'job-error muted'}>{job.error}</div>
          )}
        </div>
      </Cell>
      <Cell label={text('admin.jobs.stage')}>{text(`admin.jobs.stage.${job.stage}`)}</Cell>
      <Cell label={text('admin.jobs.attempts')}>
        {text('admin.jobs.attemptsOf', { attempts: job.attempts, deaths: job.deaths })}
      </Cell>
      <Cell label={text('admin.jobs.age')}>
        <div>
          <time dateTime={job.created_at} title={dateTime(job.created_at)}>
            {ago(job.created_at, now)}
          </time>
          <div className="muted field-hint">
            {text(isUnderWay(job) ? 'admin.jobs.since' : 'admin.jobs.took', { duration: took })}
          </div>
        </div>
      </Cell>
      <Cell>
        {isUnderWay(job) && (
          <Button kind="danger" aria-label={text('admin.jobs.cancelOf', { voice: job.voice })} onPress={onCancel}>
            {text('admin.jobs.cancel')}
          </Button>
        )}
      </Cell>
    </Row>
  );
}
