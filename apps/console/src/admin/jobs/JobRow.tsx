import { Link } from 'wouter';
import type { Schema } from '#libs/client';
import { partnerHref, voiceHref } from '../../app/addresses.js';
import { ago, dateTime, duration } from '../../texts/format.js';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import type { IconName } from '../../ui/Icon.js';
import { Badge } from '../../ui/notes.js';
import { Cell, Row } from '../../ui/Table.js';
import { durationOf, isUnderWay } from './job-list.js';
import './jobs.css';

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
  const isCalm = job.attempts === 0 && job.deaths === 0;
  return (
    <Row>
      <Cell>
        <div>
          <Link href={voiceHref(job.partner, job.voice)}>
            <bdi>{job.voice}</bdi>
          </Link>
        </div>
        <Link href={partnerHref(job.partner)} className="muted field-hint job-partner">
          {job.partner}
        </Link>
        {job.error !== null && (
          <div className={job.state === 'failed' ? 'job-error' : 'job-error muted'}>{job.error}</div>
        )}
      </Cell>
      <Cell>{text(`admin.jobs.kind.${job.kind}`)}</Cell>
      <Cell>
        <Badge tone={tone} icon={icon}>
          {text(`admin.jobs.state.${job.state}`)}
        </Badge>
      </Cell>
      <Cell>{text(`admin.jobs.stage.${job.stage}`)}</Cell>
      <Cell>
        <span className={isCalm ? 'muted job-calm' : undefined}>
          {text('admin.jobs.attemptsOf', { attempts: job.attempts, deaths: job.deaths })}
        </span>
      </Cell>
      <Cell>
        <time dateTime={job.created_at} title={dateTime(job.created_at)}>
          {ago(job.created_at, now)}
        </time>
        {!isUnderWay(job) && (
          <span className="muted field-hint job-took">
            {text('admin.jobs.took', { duration: duration(durationOf(job, now)) })}
          </span>
        )}
      </Cell>
      <Cell isNumeric>
        {isUnderWay(job) && (
          <Button kind="danger" aria-label={text('admin.jobs.cancelOf', { voice: job.voice })} onPress={onCancel}>
            {text('admin.jobs.cancel')}
          </Button>
        )}
      </Cell>
    </Row>
  );
}
