export { metricTable, type LabelsOf, type MetricSpec } from './metric-table.js';
export { Metrics } from './metrics.js';
