import { describe, expect, it } from '@jest/globals';
import { metricTable, type MetricSpec } from './metric-table.js';
import { Metrics } from './metrics.js';

const specs: readonly MetricSpec[] = Object.values(metricTable);

/** The samples of a metric as Prometheus reads them: without comments. */
async function linesOf(metrics: Metrics, name: string): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
}

describe('metricTable', () => {
  it.each(specs.map((spec) => [spec.name, spec] as const))('%s is named after its type and unit', (name, spec) => {
    expect(name.endsWith('_total')).toBe(spec.type === 'counter');
    if (spec.unit === 'seconds') expect(name).toMatch(/_seconds(_total)?$/);
    expect(spec.buckets !== undefined).toBe(spec.type === 'histogram');
    expect(spec.help).toMatch(/^[A-Z].*\.$/);
  });

  it('has unique names, and no label for names or ids of partners, voices and jobs', () => {
    expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
    const labels = new Set(specs.flatMap((spec) => Object.keys(spec.labels)));
    for (const many of ['partner', 'voice', 'job', 'key', 'address']) expect(labels).not.toContain(many);
  });

  it('bounds the number of series of a metric', () => {
    for (const { name, labels } of specs) {
      const closed = Object.values(labels).filter((values) => values !== 'open');
      const series = closed.reduce((product, values) => product * values.length, 1);
      expect({ name, few: series <= 300 }).toEqual({ name, few: true });
    }
  });
});

describe('Metrics', () => {
  it('exports counters and histograms with their labels and the app', async () => {
    const metrics = new Metrics('worker');
    metrics.count('audioSeconds', { source: 'recording' }, 75.5);
    metrics.count('audioSeconds', { source: 'recording' }, 4.5);
    metrics.observe('stepSeconds', { kind: 'split', stage: 'samples', outcome: 'done' }, 3);
    expect(await linesOf(metrics, 'timbre_audio_converted_seconds_total')).toEqual([
      'timbre_audio_converted_seconds_total{source="recording",app="worker"} 80',
      'timbre_audio_converted_seconds_total{source="sample",app="worker"} 0',
    ]);
    const step = 'kind="split",stage="samples",outcome="done"';
    const told = await linesOf(metrics, 'timbre_step_duration_seconds');
    expect(told).toContain(`timbre_step_duration_seconds_bucket{le="2.5",app="worker",${step}} 0`);
    expect(told).toContain(`timbre_step_duration_seconds_bucket{le="5",app="worker",${step}} 1`);
    expect(told).toContain(`timbre_step_duration_seconds_sum{app="worker",${step}} 3`);
  });

  it('exports the counters of its process from the start, so that increase() sees the first event', async () => {
    const name = 'timbre_jobs_revived_total';
    expect(await linesOf(new Metrics('worker'), name)).toEqual([
      `${name}{kind="split",app="worker"} 0`,
      `${name}{kind="embed",app="worker"} 0`,
      `${name}{kind="speak",app="worker"} 0`,
      `${name}{kind="import",app="worker"} 0`,
    ]);
    expect(await linesOf(new Metrics('api'), name)).toEqual([]);
  });

  it('exports the series of histograms that alerts use from the start', async () => {
    const refused = 'timbre_runpod_call_duration_seconds_count{app="worker",call="run",outcome="refused"} 0';
    expect(await linesOf(new Metrics('worker'), 'timbre_runpod_call_duration_seconds_count')).toContain(refused);
    expect(await linesOf(new Metrics('api'), 'timbre_runpod_call')).toEqual([]);
    expect(await linesOf(new Metrics('api'), 'timbre_http_request_duration_seconds_count')).toEqual([
      'timbre_http_request_duration_seconds_count{app="api",method="GET",route="/api/voices/:partner/:voice",status="200"} 0',
    ]);
  });

  it('replaces all series of a gauge, and exports none without samples', async () => {
    const metrics = new Metrics('api');
    metrics.set('oldestQueuedSeconds', [{ labels: { kind: 'split' }, value: 4 }]);
    metrics.set('oldestQueuedSeconds', [{ labels: { kind: 'embed' }, value: 5 }]);
    expect(await linesOf(metrics, 'timbre_oldest_queued')).toEqual([
      'timbre_oldest_queued_job_age_seconds{kind="embed",app="api"} 5',
    ]);
    metrics.set('removalsDue', [{ labels: {}, value: 7 }]);
    expect(await linesOf(metrics, 'timbre_object_removals_due')).toEqual(['timbre_object_removals_due{app="api"} 7']);
    for (const key of ['oldestQueuedSeconds', 'removalsDue'] as const) metrics.set(key, []);
    expect(await linesOf(metrics, 'timbre_o')).toEqual([]);
  });

  it('exports metrics of Node after watchProcess', async () => {
    const metrics = new Metrics('api');
    expect(metrics.names).toEqual(specs.map(({ name }) => name));
    metrics.watchProcess();
    expect(metrics.names).toEqual(
      expect.arrayContaining(['nodejs_eventloop_lag_p99_seconds', 'process_cpu_seconds_total']),
    );
  });
});
