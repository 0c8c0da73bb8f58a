import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { timeOfDay } from '../parts/formatting.ts';
import type { Column } from './chartData.ts';

export interface PlotSeries {
  readonly label: string;
  readonly values: Column;
  /** The name of the color in tokens.css. */
  readonly color: `--${string}`;
}

export interface PlotOptions {
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
  readonly kind: 'line' | 'bars';
  readonly format: (value: number) => string;
  /** Whether the values are counts, which have no halves. */
  readonly isCount?: boolean;
}

export interface Plot {
  /** Shows other values. */
  readonly update: (options: PlotOptions) => void;
  readonly stop: () => void;
}

const HEIGHT_PX = 190;
const FONT = '12px system-ui, sans-serif';
const MINUTE_S = 60;
const SHORTEST_S = 10 * MINUTE_S;
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map(minutes => minutes * MINUTE_S);
const countSteps = [1, 2, 5].flatMap(first => [1, 10, 100, 1000, 10_000].map(power => first * power));
const timeOf = (seconds: number) => timeOfDay(seconds * 1000);

const dataOf = ({ times, series }: PlotOptions): uPlot.AlignedData => [
  times.map(time => time / 1000),
  ...series.map(({ values }) => [...values]),
];

/** Draws a chart into `frame`, as wide as it, in the colors of the theme. */
export function plot(frame: HTMLElement, first: PlotOptions): Plot {
  let options = first;
  let drawn: uPlot | undefined;
  const draw = () => {
    drawn?.destroy();
    drawn = frame.clientWidth === 0 ? undefined : create(frame, options);
  };
  const resizing = new ResizeObserver(() => {
    if (drawn === undefined) draw();
    else if (frame.clientWidth > 0) drawn.setSize({ width: frame.clientWidth, height: HEIGHT_PX });
  });
  resizing.observe(frame);
  // A canvas does not follow the colors of the style sheet by itself.
  const themes = new MutationObserver(draw);
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', draw);
  draw();
  return {
    update: next => {
      const hasSameSeries = next.series.length === options.series.length;
      options = next;
      if (hasSameSeries) drawn?.setData(dataOf(next));
      else draw();
    },
    stop: () => {
      resizing.disconnect();
      themes.disconnect();
      system.removeEventListener('change', draw);
      drawn?.destroy();
    },
  };
}

function create(frame: HTMLElement, options: PlotOptions): uPlot {
  const { series, kind, format, isCount } = options;
  const color = colorsOf(frame);
  const axis = {
    stroke: color('--text-3'),
    font: FONT,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  // A bar stands on the middle of its minute.
  const besides = kind === 'bars' ? MINUTE_S / 2 : 0;
  const bars = uPlot.paths.bars?.({ size: [0.7, 40], radius: 0.15 });
  return new uPlot(
    {
      width: frame.clientWidth,
      height: HEIGHT_PX,
      padding: [8, 28, 0, 0],
      cursor: { drag: { x: false, y: false }, sync: { key: 'stream' }, points: { size: 7 } },
      scales: {
        // The first minutes of a stream begin at the left. For a single value, uPlot would show a day.
        x: {
          range: ({ data: [times] }, min) => [
            min - besides,
            Math.max(times.at(-1) ?? min, min + SHORTEST_S) + besides,
          ],
        },
        y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.12 : 1] },
      },
      axes: [
        {
          ...axis,
          size: 36,
          gap: 9,
          incrs: timeSteps,
          grid: { show: false },
          values: (_plot, times) => times.map(timeOf),
        },
        {
          ...axis,
          size: 64,
          ...(isCount === true ? { incrs: countSteps.toSorted((a, b) => a - b) } : {}),
          values: (_plot, values) => values.map(format),
        },
      ],
      series: [
        { label: 'Time', value: (_plot, seconds) => (seconds == null ? '–' : timeOf(seconds)) },
        ...series.map(
          ({ label, color: token }, index): uPlot.Series => ({
            label,
            stroke: color(token),
            width: 2,
            points: { show: options.times.length < 3 },
            spanGaps: false,
            value: (_plot, value) => (value == null ? '–' : format(value)),
            ...(index === 0 ? { fill: withAlpha(color(token), kind === 'bars' ? 0.75 : 0.14) } : {}),
            ...(kind === 'bars' && bars !== undefined ? { paths: bars, width: 0 } : {}),
          }),
        ),
      ],
    },
    dataOf(options),
    frame,
  );
}

/** Returns a function that finds the current value of a color of tokens.css. */
function colorsOf(frame: HTMLElement) {
  return (token: string): string => {
    const probe = document.createElement('i');
    probe.style.color = `var(${token})`;
    frame.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}

const withAlpha = (color: string, alpha: number) => color.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
