import { Inject, Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type Metric } from 'prom-client';
import { SERVICE, type ServiceName } from '#libs/service';
import { metricTable, type KeyOf, type LabelsOf, type MetricKey, type MetricSpec } from './metric-table.js';

/** One value of a gauge. */
export interface Sample<K extends MetricKey> {
  readonly labels: LabelsOf<K>;
  readonly value: number;
}

/** The metrics of one process, each with the label `app`. Only this file uses prom-client. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly made: ReadonlyMap<MetricKey, Metric>;

  constructor(@Inject(SERVICE) app: ServiceName) {
    this.registry.setDefaultLabels({ app });
    const keys = Object.keys(metricTable) as MetricKey[];
    this.made = new Map(keys.map((key) => [key, make(metricTable[key], this.registry, app)]));
  }

  /** Exports the metrics of Node from now on: memory, CPU, garbage collection, event-loop lag. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Increments a counter. */
  count<K extends KeyOf<'counter'>>(key: K, labels: LabelsOf<K>, by = 1): void {
    (this.made.get(key) as Counter).inc({ ...labels }, by);
  }

  /** Adds a duration to a histogram. */
  observe<K extends KeyOf<'histogram'>>(key: K, labels: LabelsOf<K>, seconds: number): void {
    (this.made.get(key) as Histogram).observe({ ...labels }, seconds);
  }

  /** Sets all series of a gauge. Without samples the gauge is not exported, so that no old value is taken for a new one. */
  set<K extends KeyOf<'gauge'>>(key: K, samples: readonly Sample<K>[]): void {
    const gauge = this.made.get(key) as Gauge;
    gauge.reset();
    if (samples.length === 0) gauge.remove({}); // reset leaves a 0 in a gauge without labels
    for (const { labels, value } of samples) gauge.set({ ...labels }, value);
  }

  /** Returns all metrics in the Prometheus text format, version 0.0.4. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Names of all metrics, including those of Node. */
  get names(): readonly string[] {
    return this.registry.getMetricsAsArray().map(({ name }) => name);
  }
}

function make(spec: MetricSpec, registry: Registry, app: ServiceName): Metric {
  const common = { name: spec.name, help: spec.help, labelNames: Object.keys(spec.labels), registers: [registry] };
  switch (spec.type) {
    case 'counter': {
      const counter = new Counter(common);
      // rate() and increase() miss the first event of a counter that starts with it.
      if (spec.from === 'both' || spec.from === app) for (const labels of everySeries(spec)) counter.inc(labels, 0);
      return counter;
    }
    case 'gauge': {
      const gauge = new Gauge(common);
      gauge.remove({}); // not exported before it is set
      return gauge;
    }
    case 'histogram': {
      const histogram = new Histogram({ ...common, ...(spec.buckets && { buckets: [...spec.buckets] }) });
      const { fromStart = [] } = spec;
      const isOurs = spec.from === 'both' || spec.from === app;
      if (isOurs) for (const labels of fromStart === 'all' ? everySeries(spec) : fromStart) histogram.zero(labels);
      return histogram;
    }
  }
}

/** Returns all combinations of label values; none if a label is open. */
function everySeries({ labels }: MetricSpec): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (series, [label, values]) =>
      values === 'open' ? [] : series.flatMap((one) => values.map((value) => ({ ...one, [label]: value }))),
    [{}],
  );
}
