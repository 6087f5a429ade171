import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type Metric } from 'prom-client';
import { metricTable, type KeyOf, type LabelsOf, type MetricKey, type MetricSpec } from './metric-table.js';

/** One value of a gauge. */
export interface Sample<K extends MetricKey> {
  readonly labels: LabelsOf<K>;
  readonly value: number;
}

/** The metrics of one process: the only place prom-client is used. Every line says which app it is of. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly made: ReadonlyMap<MetricKey, Metric>;

  constructor(app: 'api' | 'worker') {
    this.registry.setDefaultLabels({ app });
    const keys = Object.keys(metricTable) as MetricKey[];
    this.made = new Map(keys.map((key) => [key, make(metricTable[key], this.registry, app)]));
  }

  /** From now on Node's own metrics are told too: memory, processor, garbage collection, event-loop lag. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Counts. */
  count<K extends KeyOf<'counter'>>(key: K, labels: LabelsOf<K>, by = 1): void {
    (this.made.get(key) as Counter).inc({ ...labels }, by);
  }

  /** Adds a measured time to a histogram. */
  observe<K extends KeyOf<'histogram'>>(key: K, labels: LabelsOf<K>, seconds: number): void {
    (this.made.get(key) as Histogram).observe({ ...labels }, seconds);
  }

  /** Says all there is to say of a gauge; nothing, when it is not known: an old value would be taken for a new one. */
  tell<K extends KeyOf<'gauge'>>(key: K, samples: readonly Sample<K>[]): void {
    const gauge = this.made.get(key) as Gauge;
    gauge.reset();
    if (samples.length === 0) gauge.remove({}); // without labels, reset leaves a 0
    for (const { labels, value } of samples) gauge.set({ ...labels }, value);
  }

  /** Everything in Prometheus' text format, version 0.0.4. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Names of everything told, Node's own included. */
  get names(): readonly string[] {
    return this.registry.getMetricsAsArray().map(({ name }) => name);
  }
}

function make(spec: MetricSpec, registry: Registry, app: 'api' | 'worker'): Metric {
  const common = { name: spec.name, help: spec.help, labelNames: Object.keys(spec.labels), registers: [registry] };
  switch (spec.type) {
    case 'counter': {
      const counter = new Counter(common);
      // A counter that begins at its first event hides that event from rate() and increase().
      if (spec.from === 'both' || spec.from === app) for (const labels of everySeries(spec)) counter.inc(labels, 0);
      return counter;
    }
    case 'gauge': {
      const gauge = new Gauge(common);
      gauge.remove({}); // not 0 before it was told
      return gauge;
    }
    case 'histogram':
      return new Histogram({ ...common, ...(spec.buckets && { buckets: [...spec.buckets] }) });
  }
}

/** Every combination of a metric's label values; none when a label is open. */
function everySeries({ labels }: MetricSpec): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (series, [label, values]) =>
      values === 'open' ? [] : series.flatMap((one) => values.map((value) => ({ ...one, [label]: value }))),
    [{}],
  );
}
