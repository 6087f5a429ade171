import { useState } from 'react';
import type { Schema } from '#libs/client';
import { text } from '../texts/text.js';
import { Button } from '../ui/Button.js';
import { TextField } from '../ui/fields.js';
import { EmptyState } from '../ui/notes.js';
import { Segments } from '../ui/Segments.js';
import { Table } from '../ui/Table.js';
import { useNow } from '../ui/use-now.js';
import { useTitle } from '../ui/use-title.js';
import { useJobs } from './admin-queries.js';
import { AdminOnly } from './AdminOnly.js';
import { Answered } from './Answered.js';
import { CancelJobDialog } from './jobs/CancelJobDialog.js';
import { HealthStrip } from './jobs/HealthStrip.js';
import { searchedJobs } from './jobs/job-list.js';
import { JobRow } from './jobs/JobRow.js';
import { QueueBoardHint, QueueBoardLink } from './jobs/QueueBoardLink.js';

/** What Timbre is doing, and whether it can. */
export function JobsPage() {
  return (
    <AdminOnly>
      <Jobs />
    </AdminOnly>
  );
}

const everyMs = 3000;
const states = ['all', 'queued', 'running', 'waiting', 'completed', 'failed'] as const;
type Filter = (typeof states)[number];

function Jobs() {
  useTitle(text('admin.jobs'));
  const [filter, setFilter] = useState<Filter>('all');
  const [search, setSearch] = useState('');
  const [isPaused, setPaused] = useState(false);
  const jobs = useJobs(filter === 'all' ? undefined : filter, isPaused ? false : everyMs);
  return (
    <div className="stack admin-page">
      <div className="row spread">
        <h1>{text('admin.jobs')}</h1>
        <div className="row">
          <QueueBoardLink />
          <Button icon={isPaused ? 'play' : 'pause'} onPress={() => setPaused(!isPaused)}>
            {text(isPaused ? 'admin.jobs.resume' : 'admin.jobs.pause')}
          </Button>
        </div>
      </div>
      <div className="row spread jobs-health">
        <HealthStrip everyMs={isPaused ? false : everyMs} />
        <QueueBoardHint />
      </div>
      <div className="row spread admin-head">
        <Segments
          label={text('admin.jobs.state')}
          options={states.map((id) => ({ id, name: text(`admin.jobs.state.${id}`) }))}
          value={filter}
          onChange={setFilter}
        />
        <div className="admin-search">
          <TextField label={text('admin.jobs.search')} type="search" value={search} onChange={setSearch} />
        </div>
      </div>
      <Answered query={jobs} lines={8}>
        {(all) => <Found jobs={searchedJobs(all, search)} isFiltered={filter !== 'all' || search.trim() !== ''} />}
      </Answered>
    </div>
  );
}

/** How many rows are shown at first, and how many more each time. */
const rowsAtATime = 50;

function Found({ jobs, isFiltered }: { jobs: readonly Schema<'Job'>[]; isFiltered: boolean }) {
  const now = useNow(1);
  const [shown, setShown] = useState(rowsAtATime);
  const [cancelling, setCancelling] = useState<Schema<'Job'>>();
  if (jobs.length === 0) {
    return (
      <EmptyState icon="listChecks" title={text(isFiltered ? 'admin.jobs.notFound' : 'admin.jobs.none')}>
        {!isFiltered && text('admin.jobs.noneText')}
      </EmptyState>
    );
  }
  const columns = [
    { name: text('admin.jobs.voice') },
    { name: text('admin.jobs.kind') },
    { name: text('admin.jobs.state') },
    { name: text('admin.jobs.stage') },
    { name: text('admin.jobs.attempts') },
    { name: text('admin.jobs.age') },
    { name: text('action.cancel'), isHidden: true },
  ];
  return (
    <section className="card admin-table jobs">
      <Table label={text('admin.jobs')} columns={columns}>
        {jobs.slice(0, shown).map((job) => (
          <JobRow key={job.id} job={job} now={now} onCancel={() => setCancelling(job)} />
        ))}
      </Table>
      {shown < jobs.length && (
        <Button onPress={() => setShown(shown + rowsAtATime)}>
          {text('admin.more', { left: jobs.length - shown })}
        </Button>
      )}
      {cancelling && <CancelJobDialog job={cancelling} onClose={() => setCancelling(undefined)} />}
    </section>
  );
}
