import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { timeOfDay } from '../parts/formatting.ts';
import { summaryOf } from './chartData.ts';
import type { Plot, PlotOptions } from './plot.ts';
import './charts.css';

interface ChartProps extends PlotOptions {
  readonly title: string;
  /** What the values are, in a sentence: "12 viewers". */
  readonly inWords: (value: number) => string;
}

/** A chart of values over time, with a sentence that says the same to those who do not see it. */
export function Chart({ title, inWords, ...options }: ChartProps) {
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>();
  const [isMissing, setMissing] = useState(false);
  const newest = useRef<PlotOptions>(options);
  newest.current = options;
  const { times, series } = options;
  const summary = summaryOf(series[0]?.values ?? []);

  useEffect(() => {
    let isStopped = false;
    // The library is loaded after the page, which says the most important in words.
    void import('./plot.ts').then(
      ({ plot: start }) => {
        if (isStopped || frame.current === null) return;
        plot.current = start(frame.current, newest.current);
      },
      () => setMissing(true),
    );
    return () => {
      isStopped = true;
      plot.current?.stop();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => plot.current?.update(newest.current), [times, series]);

  return (
    <section class="panel chart" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p class="explained">
        {summary === undefined
          ? 'No player has reported this yet.'
          : `At most ${inWords(summary.highest)}, at ${timeOfDay(times[summary.highestAt])}. ` +
            `On average ${inWords(summary.average)}.`}
      </p>
      {isMissing && <p role="alert">The picture could not be loaded. The table below has its values.</p>}
      {/* The sentence above and the table of the page say what the picture shows. */}
      <div class="plot" ref={frame} aria-hidden="true" />
    </section>
  );
}
