import { Link } from 'wouter-preact';
import { useStreams, useViewers } from '../../../data/stream.ts';
import { clockTime, shortNumber } from '../../../parts/formatting.ts';
import { Notice } from '../../../parts/notice.tsx';
import { useNow } from '../../../parts/useNow.ts';
import { useTitle } from '../../../parts/useTitle.ts';
import { Figure, healthFigure } from '../figure.tsx';
import { useOwn } from '../own.ts';
import { StreamReport } from '../streams/streamReport.tsx';
import { Timeline } from '../timeline/timeline.tsx';
import './health.css';

/** How the live stream is doing. */
export function Health() {
  const { channel } = useOwn();
  const { username, isLive, stream } = channel;
  useTitle('Live health');
  if (!isLive || stream === null) return <Offline />;
  return (
    <>
      <div class="pageHead">
        <h1>Live health</h1>
      </div>
      <div class="healthColumns">
        <LiveFigures username={username} stream={stream} />
        <Timeline key={`events ${stream.id}`} username={username} stream={stream} isLive />
        <StreamReport key={`report ${stream.id}`} username={username} streamId={stream.id} isLive />
      </div>
    </>
  );
}

type LiveStream = NonNullable<ReturnType<typeof useOwn>['channel']['stream']>;

function LiveFigures({ username, stream }: { readonly username: string; readonly stream: LiveStream }) {
  const viewers = useViewers(username, stream.id);
  const now = useNow(1_000);
  return (
    <section class="panel" aria-label="Now">
      <dl class="figures">
        <Figure {...healthFigure(stream)} />
        <Figure name="Viewers" value={shortNumber(viewers.data?.viewers ?? stream.viewers)} />
        <Figure name="Live for" value={clockTime(now - Date.parse(stream.startedAt))} />
      </dl>
    </section>
  );
}

function Offline() {
  const { channel } = useOwn();
  const streams = useStreams(channel.username);
  const last = streams.data?.pages[0]?.items[0];
  return (
    <>
      <div class="pageHead">
        <h1>Live health</h1>
      </div>
      <Notice icon="signal" title="You are not live">
        <p>Start streaming in your encoder. This page then shows what arrives and who watches.</p>
        <Link class="button primary" href="/dashboard">
          Set up your broadcast
        </Link>
        {last !== undefined && (
          <Link href={`/dashboard/streams/${last.id}`}>See how your last stream went</Link>
        )}
      </Notice>
    </>
  );
}
