import { describe, expect, it } from '@jest/globals';
import { readQuery } from './promql.js';

describe('readQuery', () => {
  it.each([
    ['up', ['up'], []],
    ['max by (kind, state) (timbre_jobs)', ['timbre_jobs'], ['kind', 'state']],
    ['max(timbre_jobs) by (kind) > 0', ['timbre_jobs'], ['kind']],
    ['sum(rate(a_total[5m])) / sum(rate(b_total[$__rate_interval])) > 0.02', ['a_total', 'b_total'], []],
    ['absent(up == 1) and on() max(a) > 0', ['up', 'a'], []],
    ['histogram_quantile(0.95, sum by (le) (rate(a_bucket[10m] offset 1h)))', ['a_bucket'], ['le']],
    ['a * on (app) group_left (version) b # not c', ['a', 'b'], ['app', 'version']],
    ['1 - avg without (instance) (a:rate5m) >= bool 1e3', ['a:rate5m'], ['instance']],
  ])('%s', (query, names, groupings) => {
    expect(readQuery(query).selectors.map(({ name }) => name)).toEqual(names);
    expect(readQuery(query).groupings).toEqual(groupings);
  });

  it('reads the labels of a query, whatever characters their values contain', () => {
    expect(readQuery('rate(a{status=~"5..|cut", route="/x/{y}:sum(b)",code!~\'c\'}[5m])').selectors).toEqual([
      {
        name: 'a',
        matchers: [
          { label: 'status', operator: '=~', value: '5..|cut' },
          { label: 'route', operator: '=', value: '/x/{y}:sum(b)' },
          { label: 'code', operator: '!~', value: 'c' },
        ],
      },
    ]);
  });
});
