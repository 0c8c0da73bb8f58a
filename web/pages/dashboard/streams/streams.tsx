import { Link } from 'wouter-preact';
import { type Stream, useStreams } from '../../../data/stream.ts';
import { Picture } from '../../../parts/card.tsx';
import { clockTime, shortNumber, viewsInWords } from '../../../parts/formatting.ts';
import { More } from '../../../parts/more.tsx';
import { Failure, Notice } from '../../../parts/notice.tsx';
import { useTitle } from '../../../parts/useTitle.ts';
import { useOwn } from '../own.ts';
import './streams.css';

/** The streams of the channel, with links to what is known of each. */
export function Streams() {
  const { channel } = useOwn();
  const streams = useStreams(channel.username);
  useTitle('Past streams');
  const items = streams.data?.pages.flatMap(page => page.items) ?? [];
  return (
    <>
      <div class="pageHead">
        <h1>Past streams</h1>
      </div>
      {streams.isPending && <Skeleton />}
      {streams.isError && items.length === 0 && (
        <Failure error={streams.error} retry={() => void streams.refetch()} />
      )}
      {streams.isSuccess && items.length === 0 && !streams.hasNextPage && (
        <Notice icon="video" title="You have not streamed yet">
          <p>Your streams appear here with their viewers, their chat and their recording.</p>
          <Link class="button primary" href="/dashboard">
            Set up your broadcast
          </Link>
        </Notice>
      )}
      <ul class="streamRows">
        {items.map(stream => (
          <StreamRow key={stream.id} stream={stream} username={channel.username} />
        ))}
      </ul>
      <More {...streams} />
    </>
  );
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

function StreamRow({ stream, username }: { readonly stream: Stream; readonly username: string }) {
  const { id, title, startedAt, durationMs, isLive, isOpen, hasErrorEvent, peakViewers, views, recording } =
    stream;
  return (
    <li class="panel streamRow">
      <div class="picture">
        <Picture url={recording?.thumbnailUrl ?? null} name={username} />
        {durationMs !== null && <span class="length">{clockTime(durationMs)}</span>}
      </div>
      <div class="about">
        <h2>
          <Link href={`/dashboard/streams/${id}`}>
            <bdi>{title ?? 'Untitled'}</bdi>
          </Link>
        </h2>
        <p class="facts">
          <span>{day.format(Date.parse(startedAt))}</span>
          <span>
            {shortNumber(peakViewers)} {peakViewers === 1 ? 'viewer' : 'viewers'} at most
          </span>
          <span>{viewsInWords(views)} live</span>
          {recording?.status === 'ended' && <span>{viewsInWords(recording.views)} of the recording</span>}
          {isLive && <span class="badge live">Live</span>}
          {isOpen && !isLive && <span class="badge">Paused</span>}
          {hasErrorEvent && <span class="badge">Had errors</span>}
          {recording?.status === 'recording' && <span class="badge">Recording</span>}
        </p>
      </div>
      <div class="acts">
        <Link
          class="button"
          href={`/dashboard/streams/${id}`}
          aria-label={`Analytics: ${title ?? startedAt}`}
        >
          Analytics
        </Link>
        {recording?.playlistUrl != null && !isLive && (
          <Link
            class="button quiet"
            href={`/c/${username}/streams/${recording.streamId}`}
            aria-label={`Recording: ${title ?? startedAt}`}
          >
            Recording
          </Link>
        )}
      </div>
    </li>
  );
}

const skeletons = Array.from({ length: 5 }, (_, index) => index);

function Skeleton() {
  return (
    <div class="streamRows" role="status" aria-label="Loading">
      {skeletons.map(index => (
        <div class="skeleton" key={index} />
      ))}
    </div>
  );
}
