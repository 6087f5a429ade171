import { median } from '../measure.js';
import type { Curve, Point, Results } from './results.js';

const columns = 2;
const panel = { width: 420, height: 300, left: 62, right: 16, top: 64, bottom: 52 } as const;
const plotWidth = panel.width - panel.left - panel.right;
const plotHeight = panel.height - panel.top - panel.bottom;
const ink = {
  axis: '#57606a',
  grid: '#d0d7de',
  ours: '#0969da',
  reference: '#9a6700',
  ideal: '#8c959f',
  text: '#1f2328',
};
const legendHeight = 100;

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Returns the smallest round number that is not below a value: 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

interface Scale {
  readonly x: (processes: number) => number;
  readonly y: (value: number) => number;
  readonly most: number;
  readonly step: number;
}

function scaleOf({ points, reference }: Curve): Scale {
  const values = [...points, ...(reference?.points ?? [])].flatMap((point) => point.values);
  const step = roundUp(Math.max(...values) / 5);
  const most = step * Math.ceil((Math.max(...values) * 1.05) / step);
  const processes = points.map((point) => point.processes);
  const widest = Math.max(...processes) + 0.5;
  return {
    x: (count) => panel.left + (count / widest) * plotWidth,
    y: (value) => panel.top + plotHeight * (1 - value / most),
    most,
    step,
  };
}

const text = (x: number, y: number, said: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escape(said)}</text>`;

function axes({ points, unit, per, name }: Curve, { x, y, most, step }: Scale): string {
  const [left, right, bottom] = [panel.left, panel.width - panel.right, panel.height - panel.bottom];
  const steps = Array.from({ length: Math.round(most / step) + 1 }, (_, at) => at * step);
  const horizontal = steps.map(
    (value) =>
      `<line x1="${left}" x2="${right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="${ink.grid}"/>` +
      text(left - 8, y(value) + 4, String(Number(value.toPrecision(6))), 'text-anchor="end"'),
  );
  const ticks = points.map(
    ({ processes }) =>
      `<line x1="${x(processes).toFixed(1)}" x2="${x(processes).toFixed(1)}" y1="${bottom}" y2="${bottom + 5}" ` +
      `stroke="${ink.axis}"/>${text(x(processes), bottom + 20, String(processes), 'text-anchor="middle"')}`,
  );
  const middle = panel.top + plotHeight / 2;
  return [
    ...horizontal,
    `<line x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}" stroke="${ink.axis}"/>`,
    `<line x1="${left}" x2="${left}" y1="${panel.top}" y2="${bottom}" stroke="${ink.axis}"/>`,
    ...ticks,
    text(left + plotWidth / 2, bottom + 40, per, 'text-anchor="middle"'),
    text(16, middle, unit, `text-anchor="middle" transform="rotate(-90 16 ${middle})"`),
    ...titleLines(name).map((line, at) => text(left, 22 + at * 17, line, 'font-weight="600"')),
  ].join('\n');
}

/** Breaks a title at its comma, because panels are narrow. */
const titleLines = (name: string): readonly string[] => {
  const at = name.indexOf(', ');
  return at < 0 ? [name] : [name.slice(0, at + 1), name.slice(at + 2)];
};

const labelAt = { above: -10, below: 20 } as const;

/** Draws a line of medians, each with a bar from the lowest to the highest value of its rounds. */
function series(points: readonly Point[], { x, y }: Scale, color: string, label: 'none' | 'above' | 'below'): string {
  const at = (point: Point): readonly [number, number] => [x(point.processes), y(median(point.values))];
  const line = points
    .map((point) =>
      at(point)
        .map((value) => value.toFixed(1))
        .join(','),
    )
    .join(' ');
  const marks = points.map((point) => {
    const [cx, cy] = at(point);
    const [least, most] = [y(Math.min(...point.values)), y(Math.max(...point.values))];
    const value = String(Number(median(point.values).toPrecision(3)));
    return (
      `<line x1="${cx.toFixed(1)}" x2="${cx.toFixed(1)}" y1="${least.toFixed(1)}" y2="${most.toFixed(1)}" ` +
      `stroke="${color}" stroke-width="2"/><circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="4" fill="${color}"/>` +
      (label === 'none'
        ? ''
        : text(cx, cy + labelAt[label], value, `text-anchor="middle" fill="${color}" class="value"`))
    );
  });
  return `<polyline points="${line}" fill="none" stroke="${color}" stroke-width="2"/>\n${marks.join('\n')}`;
}

/** Draws the line of linear scaling, up to the edge of the panel. */
function ideal({ points }: Curve, { x, y, most }: Scale): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const each = median(first.values) / first.processes;
  const until = Math.min(last.processes, most / each);
  return (
    `<line x1="${x(0).toFixed(1)}" y1="${y(0).toFixed(1)}" x2="${x(until).toFixed(1)}" y2="${y(each * until).toFixed(1)}" ` +
    `stroke="${ink.ideal}" stroke-dasharray="5 4"/>`
  );
}

function panelOf(curve: Curve, at: number): string {
  const scale = scaleOf(curve);
  const { reference } = curve;
  return [
    `<g transform="translate(${(at % columns) * panel.width} ${Math.floor(at / columns) * panel.height})">`,
    axes(curve, scale),
    ideal(curve, scale),
    reference === undefined ? '' : series(reference.points, scale, ink.reference, 'none'),
    series(curve.points, scale, ink.ours, reference === undefined ? 'above' : 'below'),
    '</g>',
  ].join('\n');
}

function legend(top: number): string {
  const entries = [
    [ink.ours, '', 'Timbre: median of the rounds, bar from the least to the most'],
    [ink.reference, '', 'without Timbre: the same encodes by xargs -P ffmpeg'],
    [ink.ideal, 'stroke-dasharray="5 4"', 'as much more as there are more processes'],
  ] as const;
  return entries
    .map(([color, dash, said], at) => {
      const x = panel.left;
      const y = top + at * 20;
      const line = `<line x1="${x}" x2="${x + 28}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="2" ${dash}/>`;
      return `${line}${text(x + 36, y + 4, said)}`;
    })
    .join('\n');
}

/** Returns the curves side by side, as an SVG that is readable on light and dark pages. */
export function plot({ curves, machine, date }: Results): string {
  const rows = Math.ceil(curves.length / columns);
  const [width, height] = [panel.width * columns, panel.height * rows + legendHeight];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      `font-family="system-ui, sans-serif" font-size="12" fill="${ink.text}" role="img">`,
    `<title>${escape(`Throughput by number of processes, ${machine.cores} cores, ${date.slice(0, 10)}`)}</title>`,
    '<style>.value { font-weight: 600; paint-order: stroke; stroke: #fff; stroke-width: 4px; }</style>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...curves.map(panelOf),
    legend(panel.height * rows + 14),
    text(
      panel.left,
      height - 14,
      `${machine.cpu}, ${machine.cores} cores, ${date.slice(0, 10)}; all processes on it`,
      `fill="${ink.axis}"`,
    ),
    '</svg>',
    '',
  ].join('\n');
}
