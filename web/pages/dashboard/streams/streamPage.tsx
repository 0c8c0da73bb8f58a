import { Link } from 'wouter-preact';
import { useStream } from '../../../data/recordings.ts';
import { type Stream, useUpdateStream } from '../../../data/stream.ts';
import { clockTime } from '../../../parts/formatting.ts';
import { Failure } from '../../../parts/notice.tsx';
import { useTitle } from '../../../parts/useTitle.ts';
import { useOwn } from '../own.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { TitleForm } from '../titleForm.tsx';
import { StreamReport } from './streamReport.tsx';
import './streams.css';

/** One stream: what it was about, who watched it, and what happened. */
export function StreamPage({ streamId }: { readonly streamId: string }) {
  const { channel } = useOwn();
  const { username } = channel;
  const { data: stream, isError, error, refetch } = useStream(username, streamId);
  useTitle(stream?.title ?? 'Stream');
  if (stream === undefined)
    return isError ? (
      <>
        <h1>Stream</h1>
        <Failure error={error} retry={() => void refetch()} />
      </>
    ) : (
      <div class="streamRows" role="status" aria-label="Loading">
        <div class="skeleton" />
      </div>
    );
  return (
    <>
      <Head stream={stream} username={username} />
      <StreamReport username={username} streamId={streamId} isLive={stream.isLive} />
      <div class="panelColumns">
        <Timeline username={username} stream={stream} isLive={stream.isLive} />
        <section class="panel" aria-labelledby="edit">
          <h2 id="edit">Title and category</h2>
          <p class="explained">Viewers see them with the recording.</p>
          <TitleForm
            saved={{ title: stream.title ?? '', categoryId: stream.categoryId }}
            update={useUpdateStream(username, streamId)}
          />
        </section>
      </div>
    </>
  );
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

function Head({ stream, username }: { readonly stream: Stream; readonly username: string }) {
  const { title, startedAt, durationMs, isLive, recording } = stream;
  return (
    <div class="pageHead">
      <div>
        <Link href="/dashboard/streams">All streams</Link>
        <h1>
          <bdi>{title ?? 'Untitled'}</bdi>
        </h1>
        <p class="explained">
          {day.format(Date.parse(startedAt))}
          {durationMs !== null && ` · ${clockTime(durationMs)}`}
          {recording !== null && recordingTexts[recording.status]}
        </p>
      </div>
      {recording?.playlistUrl != null && !isLive && (
        <Link class="button" href={`/c/${username}/streams/${recording.streamId}`}>
          Watch the recording
        </Link>
      )}
    </div>
  );
}

const recordingTexts: Readonly<Record<NonNullable<Stream['recording']>['status'], string>> = {
  recording: ' · being recorded',
  ended: '',
  failed: ' · the recording failed',
  merged: ' · recorded together with another stream',
};
