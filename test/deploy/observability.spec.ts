import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { failures } from '#libs/errors';
import { Metrics, metricTable, type MetricSpec } from '#libs/metrics';
import { readQuery, type Matcher } from './promql.js';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary?: string; readonly reason?: string };
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const specs: readonly MetricSpec[] = Object.values(metricTable);
const rules = load(readFileSync('deploy/prometheus/alerts.yml', 'utf8')) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Alert[] }[];
};
const alerts = rules.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readFileSync('deploy/grafana/timbre.json', 'utf8')) as {
  readonly panels: readonly Panel[];
};
const documentation = readFileSync('docs/observability.md', 'utf8');

/** Label names that Prometheus or Timbre adds to every metric. */
const everywhere = ['app', 'job', 'instance'];

/** For every metric name that a query may use: its label names, each with its values if those are a fixed list. */
function knownSeries(): ReadonlyMap<string, ReadonlyMap<string, readonly string[] | 'open'>> {
  const common = everywhere.map((label) => [label, 'open'] as const);
  const known = new Map<string, ReadonlyMap<string, readonly string[] | 'open'>>([['up', new Map(common)]]);
  const metrics = new Metrics('api');
  metrics.watchProcess();
  for (const name of metrics.names) known.set(name, new Map(common));
  for (const { name, type, labels } of specs) {
    const own = new Map([...common, ...Object.entries(labels)]);
    known.delete(name);
    if (type !== 'histogram') known.set(name, own);
    else
      for (const suffix of ['_bucket', '_sum', '_count']) known.set(name + suffix, new Map([...own, ['le', 'open']]));
  }
  return known;
}
const known = knownSeries();

/** The values of `open` labels for which the code has a list. */
const lists: Readonly<Record<string, readonly string[]>> = {
  code: Object.keys(failures),
  route: Object.keys((JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: object }).paths).map((path) =>
    path.replaceAll(/\{(\w+)\}/g, ':$1'),
  ),
  method: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
  status: ['200', '201', '202', '204', '409', '500', '503', '507', 'cut'],
  job: ['timbre-api', 'timbre-worker'],
  app: ['api', 'worker'],
};

/** Returns the alternatives of a matcher that match no value. A query with one never returns anything. */
function unheard({ label, operator, value }: Matcher, values: readonly string[]): string[] {
  const alternatives = operator.endsWith('~') ? value.split('|').map((one) => new RegExp(`^(?:${one})$`)) : [value];
  const silent = alternatives.filter((one) =>
    values.every((each) => (typeof one === 'string' ? each !== one : !one.test(each))),
  );
  return silent.map((one) => `${label}${operator}${String(one)}`);
}

/** Returns the metrics and labels of a query that Timbre does not export. */
function complaintsOf(query: string): string[] {
  const { selectors, groupings } = readQuery(query);
  if (selectors.length === 0) return ['asks for nothing'];
  const complaints = selectors.flatMap(({ name, matchers }) => {
    const labels = known.get(name);
    if (labels === undefined) return [`no metric ${name}`];
    return matchers.flatMap((matcher) => {
      const listed = labels.get(matcher.label);
      if (listed === undefined) return [`${name} has no label ${matcher.label}`];
      const values = listed === 'open' ? lists[matcher.label] : listed;
      return values ? unheard(matcher, values) : [`values of ${matcher.label} cannot be checked`];
    });
  });
  const labels = new Set(selectors.flatMap(({ name }) => [...(known.get(name)?.keys() ?? [])]));
  return [...complaints, ...groupings.filter((label) => !labels.has(label)).map((label) => `no label ${label}`)];
}

describe('the check of queries', () => {
  it.each([
    ['timbre_nothing', ['no metric timbre_nothing']],
    ['timbre_step_duration_seconds', ['no metric timbre_step_duration_seconds']],
    ['timbre_jobs{voice="x"}', ['timbre_jobs has no label voice']],
    ['timbre_jobs{state="done"}', ['state=done']],
    ['timbre_jobs{state=~"queued|runing"}', ['state=~/^(?:runing)$/']],
    ['sum by (queue) (timbre_jobs)', ['no label queue']],
    ['timbre_jobs_failed_total{code="lost"}', ['code=lost']],
    ['sum by (kind) (timbre_jobs{state=~"queued|run.+"})', []],
  ])('%s', (query, complaints) => {
    expect(complaintsOf(query)).toEqual(complaints);
  });
});

describe('alerts', () => {
  it('have unique names', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });

  it.each(alerts.map((alert) => [alert.alert, alert] as const))(
    '%s uses exported metrics and has a description',
    (_name, alert) => {
      expect(complaintsOf(alert.expr)).toEqual([]);
      expect(['critical', 'warning']).toContain(alert.labels.severity);
      for (const text of [alert.annotations.summary, alert.annotations.reason]) expect(text).toMatch(/^\S.{15,}\.$/s);
    },
  );
});

describe('the dashboard', () => {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');
  const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));

  it.each(queries)('%s: %s', (_title, query) => {
    expect(complaintsOf(query)).toEqual([]);
  });

  it('shows every metric of Timbre', () => {
    const shown = new Set(queries.flatMap(([, query]) => readQuery(query).selectors.map(({ name }) => name)));
    const hidden = specs.filter(
      ({ name }) => ![name, `${name}_bucket`, `${name}_count`].some((each) => shown.has(each)),
    );
    expect(hidden.map(({ name }) => name)).toEqual([]);
  });

  it('has no overlapping panels', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe('docs/observability.md', () => {
  it('has a row for each metric, with the help text from the code', () => {
    const rows = documentation.split('\n').filter((line) => line.startsWith('| `timbre_'));
    const cells = rows.map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    const exportedBy = { api: 'API', worker: 'worker', both: 'both' } as const;
    const expected = specs.map(({ name, type, unit, labels, help, from }) => [
      `\`${name}\``,
      type,
      unit,
      Object.keys(labels)
        .map((label) => `\`${label}\``)
        .join(', '),
      exportedBy[from],
      help,
    ]);
    expect(cells).toEqual(expected);
  });

  it('says what to do for each alert, and for no other', () => {
    const headings = [...documentation.matchAll(/^### (Timbre\w+)$/gm)].map((found) => found[1]);
    expect(headings).toEqual(alerts.map(({ alert }) => alert));
  });
});
