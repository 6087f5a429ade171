/** The values a label may have; `open`: words of a list kept elsewhere (routes, failure codes), never names or ids. */
type LabelValues = readonly string[] | 'open';

/** What one metric is. Names and units follow Prometheus' own rules (prometheus.io/docs/practices/naming). */
export interface MetricSpec {
  readonly name: `timbre_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly unit: 'seconds' | 'jobs' | 'leases' | 'connections' | 'objects' | 'yes or no';
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** One sentence, for people. */
  readonly help: string;
  /** Which process tells it. What both tell of Postgres or Redis is the same in each: take the maximum, not the sum. */
  readonly from: 'api' | 'worker' | 'both';
  /** Upper bounds of a histogram, in its unit. */
  readonly buckets?: readonly number[];
}

const kinds = ['split', 'embed'] as const;

/** Every metric Timbre makes, beside Node's own (`nodejs_…`, `process_…`). docs/observability.md is made to match. */
export const metricTable = {
  httpRequestSeconds: {
    name: 'timbre_http_request_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: { method: 'open', route: 'open', status: 'open' },
    help: 'Time from the first byte of a request to the end of its answer, uploads and downloads included; status `cut`: the answer did not reach its end.',
    from: 'api',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600],
  },
  dependencyUp: {
    name: 'timbre_dependency_up',
    type: 'gauge',
    unit: 'yes or no',
    labels: { dependency: ['postgres', 'storage', 'redis'] },
    help: 'Whether this process reaches what it depends on: 1 or 0.',
    from: 'both',
  },
  queueDeliveries: {
    name: 'timbre_queue_deliveries',
    type: 'gauge',
    unit: 'jobs',
    labels: {
      queue: ['splitting', 'embedding-submit', 'embedding-poll', 'embedding-hint'],
      state: ['waiting', 'active', 'delayed', 'failed'],
    },
    help: 'Deliveries in Redis; absent while Redis does not answer.',
    from: 'both',
  },
  jobs: {
    name: 'timbre_jobs',
    type: 'gauge',
    unit: 'jobs',
    labels: { kind: kinds, state: ['queued', 'running', 'waiting'] },
    help: 'Jobs that have not ended, in Postgres; waiting: on the GPU.',
    from: 'both',
  },
  oldestQueuedSeconds: {
    name: 'timbre_oldest_queued_job_age_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: { kind: kinds },
    help: 'How long the job that waits longest for a worker has been due; 0 when none waits.',
    from: 'both',
  },
  activeJobDeaths: {
    name: 'timbre_active_job_deaths',
    type: 'gauge',
    unit: 'leases',
    labels: { kind: kinds },
    help: 'Most workers that one job which has not ended has lost since its last progress; at 8 it fails.',
    from: 'both',
  },
  removalsDue: {
    name: 'timbre_object_removals_due',
    type: 'gauge',
    unit: 'objects',
    labels: {},
    help: 'Objects, or folders of them, that should be gone by now.',
    from: 'both',
  },
  oldestRemovalSeconds: {
    name: 'timbre_oldest_object_removal_age_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: {},
    help: 'How long the oldest of them has been due; 0 when there is none.',
    from: 'both',
  },
  poolConnections: {
    name: 'timbre_postgres_pool_connections',
    type: 'gauge',
    unit: 'connections',
    labels: { state: ['in_use', 'idle'] },
    help: 'Postgres connections of this process; at most DATABASE_POOL_SIZE.',
    from: 'both',
  },
  poolWaiting: {
    name: 'timbre_postgres_pool_waiting',
    type: 'gauge',
    unit: 'connections',
    labels: {},
    help: 'Pieces of work of this process that wait for a Postgres connection.',
    from: 'both',
  },
  stepSeconds: {
    name: 'timbre_step_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: {
      kind: kinds,
      stage: ['samples', 'original', 'submit', 'collect'],
      outcome: ['done', 'retried', 'failed', 'claim_lost', 'handed_back', 'left_to_lease'],
    },
    help: 'Time a worker held a job, from its claim to what came of it; stage is the one it began with.',
    from: 'worker',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600],
  },
  jobsFailed: {
    name: 'timbre_jobs_failed_total',
    type: 'counter',
    unit: 'jobs',
    labels: { kind: kinds, code: 'open' },
    help: 'Jobs this worker has ended badly, by the code of the failure (libs/errors).',
    from: 'worker',
  },
  leasesLost: {
    name: 'timbre_leases_lost_total',
    type: 'counter',
    unit: 'leases',
    labels: { kind: kinds },
    help: 'Claims this worker found taken over or ended while it worked; what it made stays invisible.',
    from: 'worker',
  },
  jobsRevived: {
    name: 'timbre_jobs_revived_total',
    type: 'counter',
    unit: 'jobs',
    labels: { kind: kinds },
    help: 'Jobs of dead or stuck workers that this worker has put back; each is one death.',
    from: 'worker',
  },
  audioSeconds: {
    name: 'timbre_audio_converted_seconds_total',
    type: 'counter',
    unit: 'seconds',
    labels: { source: ['recording', 'sample'] },
    help: 'Length of the audio converted: recordings by workers, uploaded samples by the API.',
    from: 'both',
  },
  runpodCallSeconds: {
    name: 'timbre_runpod_call_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: {
      call: ['run', 'status', 'cancel', 'health'],
      outcome: [
        'accepted',
        'known',
        'answered',
        'missing',
        'oversized',
        'not_sent',
        'unreachable',
        'unknown',
        'refused',
      ],
    },
    help: 'Time of a call to RunPod, waiting for its turn under the rate limits included.',
    from: 'worker',
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricKey = keyof typeof metricTable;

/** The metrics of a type. */
export type KeyOf<Type extends MetricSpec['type']> = {
  [K in MetricKey]: (typeof metricTable)[K]['type'] extends Type ? K : never;
}[MetricKey];

/** A value for each label of a metric. */
export type LabelsOf<K extends MetricKey> = {
  readonly [L in keyof (typeof metricTable)[K]['labels']]: (typeof metricTable)[K]['labels'][L] extends infer Values
    ? Values extends readonly (infer Value)[]
      ? Value
      : string
    : never;
};
