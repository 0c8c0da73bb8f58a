import { useMemo } from 'preact/hooks';
import { Chart } from '../../../charts/chart.tsx';
import { type Column, completeMinutes, tableOf } from '../../../charts/chartData.ts';
import type { PlotSeries } from '../../../charts/plot.ts';
import { Shares } from '../../../charts/shares.tsx';
import { useAnalytics } from '../../../data/analytics.ts';
import { clock } from '../../../data/clock.ts';
import type { Analytics, AnalyticsMinute } from '../../../data/joinAnalytics.ts';
import { shortNumber } from '../../../parts/formatting.ts';
import { Failure } from '../../../parts/notice.tsx';
import { Figure } from '../figure.tsx';
import { EncoderPanel } from './encoderPanel.tsx';
import { amountOf, countOf, durationInWords, megabitsOf, secondsOf } from './values.ts';
import './streamReport.css';

interface StreamReportProps {
  readonly username: string;
  readonly streamId: string;
  readonly isLive: boolean;
}

/** Who watched a stream, and how it looked to them. */
export function StreamReport({ username, streamId, isLive }: StreamReportProps) {
  const { data, isError, error, refetch } = useAnalytics(username, streamId, isLive);
  if (data === undefined)
    return isError ? <Failure error={error} retry={() => void refetch()} /> : <ReportSkeleton />;
  return (
    <div class="report">
      <Report analytics={data} isLive={isLive} />
    </div>
  );
}

function Report({ analytics, isLive }: { readonly analytics: Analytics; readonly isLive: boolean }) {
  const { peakViewers, viewerMinutes, averages, shares } = analytics;
  const minutes = useMemo(() => completeMinutes(analytics.minutes, clock.now()), [analytics]);
  const messages = analytics.minutes.reduce((total, { chatMessages }) => total + chatMessages, 0);
  return (
    <>
      <section class="panel" aria-label="In total">
        <dl class="figures six">
          <Figure name="Most viewers" value={shortNumber(peakViewers)} />
          <Figure name="Time watched" value={durationInWords(viewerMinutes * 60_000)} />
          <Figure name="Chat messages" value={shortNumber(messages)} />
          <Figure name="Latency" value={shown(averages.latencyMs, secondsOf)} />
          <Figure name="Bitrate" value={shown(averages.bitrate, megabitsOf)} />
          <Figure name="Frames per second" value={shown(averages.framerate, countOf)} />
        </dl>
      </section>
      {(isLive || analytics.encoder !== null) && <EncoderPanel encoder={analytics.encoder} />}
      <Charts minutes={minutes} />
      <div class="reportShares">
        <Shares title="Quality" shares={shares.quality} names={{ other: 'Other sizes' }} />
        <Shares title="Browsers" shares={shares.browser} names={browserNames} />
        <Shares title="Operating systems" shares={shares.os} names={osNames} />
        <Shares title="Devices" shares={shares.device} names={{ desktop: 'Desktop', mobile: 'Mobile' }} />
      </div>
      <Table minutes={minutes} />
    </>
  );
}

const shown = (value: number | null, format: (known: number) => string) =>
  value === null ? null : format(value);

const browserNames = {
  chrome: 'Chrome',
  edge: 'Edge',
  firefox: 'Firefox',
  opera: 'Opera',
  safari: 'Safari',
  samsung: 'Samsung Internet',
  other: 'Others',
};
const osNames = {
  android: 'Android',
  ios: 'iOS',
  linux: 'Linux',
  macos: 'macOS',
  windows: 'Windows',
  other: 'Others',
};

function Charts({ minutes }: { readonly minutes: readonly AnalyticsMinute[] }) {
  const columns = useMemo(() => {
    const measure = (name: keyof AnalyticsMinute['averages']) =>
      minutes.map(({ averages }) => averages[name]);
    return {
      times: minutes.map(({ minute }) => Date.parse(minute)),
      viewers: [
        { label: 'Viewers', color: '--chart-1', values: minutes.map(({ viewers }) => viewers) },
      ] as const,
      chat: [
        { label: 'Messages', color: '--chart-1', values: minutes.map(minute => minute.chatMessages) },
      ] as const,
      latency: [
        { label: 'Latency', color: '--chart-1', values: measure('latencyMs') },
        { label: 'Buffer', color: '--chart-2', values: measure('bufferMs') },
      ] as const,
      bitrate: compared(
        measure('bitrate'),
        minutes.map(({ ingest }) => ingest.videoBitrate),
      ),
      framerate: compared(
        measure('framerate'),
        minutes.map(({ ingest }) => ingest.framerate),
      ),
    };
  }, [minutes]);
  const { times } = columns;
  return (
    <div class="reportCharts">
      <Chart
        title="Viewers"
        times={times}
        series={columns.viewers}
        kind="line"
        isCount
        format={shortNumber}
        inWords={value => amountOf(value, 'viewer', 'viewers')}
      />
      <Chart
        title="Chat messages per minute"
        times={times}
        series={columns.chat}
        kind="bars"
        isCount
        format={shortNumber}
        inWords={value => `${amountOf(value, 'message', 'messages')} in a minute`}
      />
      <Chart
        title="Latency and buffer"
        times={times}
        series={columns.latency}
        kind="line"
        format={secondsOf}
        inWords={value => `${secondsOf(value)} behind the broadcaster`}
      />
      <Chart
        title="Bitrate"
        times={times}
        series={columns.bitrate}
        kind="line"
        format={megabitsOf}
        inWords={megabitsOf}
      />
      <Chart
        title="Frames per second"
        times={times}
        series={columns.framerate}
        kind="line"
        format={countOf}
        inWords={value => `${countOf(value)} frames per second`}
      />
    </div>
  );
}

/** What players show and what the encoder sends. IVS does not know the latter of every stream. */
function compared(players: Column, encoder: Column): readonly PlotSeries[] {
  const shownToViewers = { label: 'Players', color: '--chart-1', values: players } as const;
  return encoder.every(value => value === null)
    ? [shownToViewers]
    : [shownToViewers, { label: 'Encoder', color: '--chart-2', values: encoder }];
}

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** The charts as a table, for those who cannot see them. */
function Table({ minutes }: { readonly minutes: readonly AnalyticsMinute[] }) {
  return (
    <details class="panel fold">
      <summary>The charts as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard */}
      <section class="scrolling" tabIndex={0} aria-label="Values of the charts">
        <table class="values">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Most viewers</th>
              <th scope="col">Chat messages</th>
              <th scope="col">Latency</th>
              <th scope="col">Bitrate</th>
              <th scope="col">From the encoder</th>
            </tr>
          </thead>
          <tbody>
            {tableOf(minutes).map(({ at, viewers, chatMessages, latencyMs, bitrate, receivedBitrate }) => (
              <tr key={at}>
                <th scope="row">{time.format(at)}</th>
                <td>{countOf(viewers)}</td>
                <td>{countOf(chatMessages)}</td>
                <td>{shown(latencyMs, secondsOf) ?? 'unknown'}</td>
                <td>{shown(bitrate, megabitsOf) ?? 'unknown'}</td>
                <td>{shown(receivedBitrate, megabitsOf) ?? 'unknown'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

function ReportSkeleton() {
  return (
    <div class="report">
      <div class="reportCharts" role="status" aria-label="Loading">
        {['viewers', 'chat', 'latency', 'quality'].map(name => (
          <div class="skeleton" key={name} />
        ))}
      </div>
    </div>
  );
}
