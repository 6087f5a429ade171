import { causeCodes, failures, type FailureCode } from '#libs/errors';

/** The values of a label. `open`: words of a list elsewhere (routes, statuses), never names or ids. */
type LabelValues = readonly string[] | 'open';

/** One metric. Names and units follow prometheus.io/docs/practices/naming. */
export interface MetricSpec {
  readonly name: `timbre_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly unit:
    | 'seconds'
    | 'requests'
    | 'jobs'
    | 'voices'
    | 'leases'
    | 'attempts'
    | 'webhooks'
    | 'connections'
    | 'objects'
    | 'yes or no';
  readonly labels: Readonly<Record<string, LabelValues>>;
  readonly help: string;
  /** The process that exports it. Where both export the state of Postgres or Redis, aggregate with max, not sum. */
  readonly from: 'api' | 'worker' | 'both';
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly buckets?: readonly number[];
  /**
   * Series of a histogram that alerts use. They are exported as 0 from the start of the process: rate() and increase()
   * miss the first event of a series that starts with it. Counters always export all their series.
   */
  readonly fromStart?: 'all' | readonly Readonly<Record<string, string>>[];
}

const kinds = ['split', 'embed', 'speak', 'import'] as const;
const failureCodes = Object.keys(failures) as FailureCode[];

/** All metrics of Timbre, besides those of Node (`nodejs_…`, `process_…`). A test compares docs/observability.md with it. */
export const metricTable = {
  httpRequestSeconds: {
    name: 'timbre_http_request_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: { method: 'open', route: 'open', status: 'open' },
    help: 'Time from the first byte of a request to the end of its response, uploads and downloads included. Status `cut`: the response was not completed.',
    from: 'api',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600],
    fromStart: [{ method: 'GET', route: '/api/voices/:partner/:voice', status: '200' }],
  },
  httpAnswers: {
    name: 'timbre_http_answers_total',
    type: 'counter',
    unit: 'requests',
    labels: { class: ['1xx', '2xx', '3xx', '4xx', '5xx', 'cut'] },
    help: 'Requests by status class. `cut`: the response was not completed.',
    from: 'api',
  },
  httpUnavailable: {
    name: 'timbre_http_unavailable_total',
    type: 'counter',
    unit: 'requests',
    labels: { cause: causeCodes },
    help: 'Requests answered with 503 or 507, by cause.',
    from: 'api',
  },
  dependencyUp: {
    name: 'timbre_dependency_up',
    type: 'gauge',
    unit: 'yes or no',
    labels: { dependency: ['postgres', 'storage', 'scratch', 'redis'] },
    help: 'Whether this process can reach the dependency and write where it needs to: 1 or 0.',
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
    help: 'Deliveries in Redis. Absent while Redis does not answer.',
    from: 'both',
  },
  jobs: {
    name: 'timbre_jobs',
    type: 'gauge',
    unit: 'jobs',
    labels: { kind: kinds, state: ['queued', 'running', 'waiting'] },
    help: 'Active jobs in Postgres. State `waiting`: on the GPU.',
    from: 'both',
  },
  oldestQueuedSeconds: {
    name: 'timbre_oldest_queued_job_age_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: { kind: kinds },
    help: 'Time for which the oldest queued job has been due. 0 if no job is queued.',
    from: 'both',
  },
  activeJobDeaths: {
    name: 'timbre_active_job_deaths',
    type: 'gauge',
    unit: 'leases',
    labels: { kind: kinds },
    help: 'Most workers that any active job has lost since its last progress. At 8 the job fails.',
    from: 'both',
  },
  recomputeVoices: {
    name: 'timbre_recompute_voices',
    type: 'gauge',
    unit: 'voices',
    labels: { state: ['waiting', 'running'] },
    help: 'Voices that recomputes still have to embed again. State `running`: their job is at work.',
    from: 'both',
  },
  removalsDue: {
    name: 'timbre_object_removals_due',
    type: 'gauge',
    unit: 'objects',
    labels: {},
    help: 'Objects and folders whose removal is due.',
    from: 'both',
  },
  removalsStuck: {
    name: 'timbre_object_removals_stuck',
    type: 'gauge',
    unit: 'objects',
    labels: {},
    help: 'Due removals whose first attempt failed.',
    from: 'both',
  },
  oldestRemovalSeconds: {
    name: 'timbre_oldest_object_removal_age_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: {},
    help: 'Time for which the oldest removal has been due. 0 if none is due.',
    from: 'both',
  },
  poolConnections: {
    name: 'timbre_postgres_pool_connections',
    type: 'gauge',
    unit: 'connections',
    labels: { state: ['in_use', 'idle'] },
    help: 'Postgres connections of this process, up to DATABASE_POOL_SIZE.',
    from: 'both',
  },
  poolWaiting: {
    name: 'timbre_postgres_pool_waiting',
    type: 'gauge',
    unit: 'connections',
    labels: {},
    help: 'Operations of this process that wait for a Postgres connection.',
    from: 'both',
  },
  stepSeconds: {
    name: 'timbre_step_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: {
      kind: kinds,
      stage: ['samples', 'original', 'submit', 'collect', 'unpack'],
      outcome: ['done', 'retried', 'failed', 'claim_lost', 'handed_back', 'left_to_lease'],
    },
    help: 'Time for which a worker held a job, from the claim to the outcome. `stage` is the stage at the claim.',
    from: 'worker',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600],
  },
  jobsFailed: {
    name: 'timbre_jobs_failed_total',
    type: 'counter',
    unit: 'jobs',
    labels: { kind: kinds, code: failureCodes },
    help: 'Jobs that failed in this worker, by failure code (libs/errors).',
    from: 'worker',
  },
  leasesLost: {
    name: 'timbre_leases_lost_total',
    type: 'counter',
    unit: 'leases',
    labels: { kind: kinds },
    help: 'Claims that this worker lost: the job was taken over or cancelled, or its voice deleted. Results are discarded.',
    from: 'worker',
  },
  jobsRevived: {
    name: 'timbre_jobs_revived_total',
    type: 'counter',
    unit: 'jobs',
    labels: { kind: kinds },
    help: 'Jobs of dead or stuck workers that this worker requeued or took over. Each counts as one death.',
    from: 'worker',
  },
  recomputedVoices: {
    name: 'timbre_recomputed_voices_total',
    type: 'counter',
    unit: 'voices',
    labels: { outcome: ['done', 'failed', 'skipped'] },
    help: 'Voices of recomputes that have ended, counted by this worker. Voices that a cancellation skips do not count.',
    from: 'worker',
  },
  audioSeconds: {
    name: 'timbre_audio_converted_seconds_total',
    type: 'counter',
    unit: 'seconds',
    labels: { source: ['recording', 'sample'] },
    help: 'Length of converted audio: recordings in workers, uploaded samples in the API.',
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
    help: 'Time of a call to RunPod, including the wait for the rate limit.',
    from: 'worker',
    fromStart: 'all',
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  idempotentReplays: {
    name: 'timbre_idempotent_replays_total',
    type: 'counter',
    unit: 'requests',
    labels: {},
    help: 'Requests that got the kept answer to an earlier request with the same `Idempotency-Key`. They did nothing themselves.',
    from: 'api',
  },
  webhookAttempts: {
    name: 'timbre_webhook_attempts_total',
    type: 'counter',
    unit: 'attempts',
    labels: { outcome: ['delivered', 'refused', 'timed_out', 'unreachable', 'forbidden'] },
    help: 'Requests to webhooks of partners. `refused`: the answer was not 2xx. `forbidden`: the URL leads to a private address.',
    from: 'worker',
  },
  webhooksDisabled: {
    name: 'timbre_webhooks_disabled_total',
    type: 'counter',
    unit: 'webhooks',
    labels: {},
    help: 'Webhooks that this worker disabled, because they failed for 5 days or answered 410.',
    from: 'worker',
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricKey = keyof typeof metricTable;

/** The keys of all metrics of a type. */
export type KeyOf<Type extends MetricSpec['type']> = {
  [K in MetricKey]: (typeof metricTable)[K]['type'] extends Type ? K : never;
}[MetricKey];

/** One value for each label of a metric. */
export type LabelsOf<K extends MetricKey> = {
  readonly [L in keyof (typeof metricTable)[K]['labels']]: (typeof metricTable)[K]['labels'][L] extends infer Values
    ? Values extends readonly (infer Value)[]
      ? Value
      : string
    : never;
};
