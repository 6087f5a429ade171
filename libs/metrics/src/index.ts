export { metricTable, type KeyOf, type LabelsOf, type MetricKey, type MetricSpec } from './metric-table.js';
export { Metrics, type Sample } from './metrics.js';
