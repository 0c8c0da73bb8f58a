import { useEffect, useRef, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { LineView } from '../../chat/chatPanel.tsx';
import { useReplay } from '../../chat/useReplay.ts';
import { useChannel } from '../../data/channel.ts';
import { useCategories } from '../../data/channels.ts';
import { sentenceOf } from '../../data/problems.ts';
import { useStream } from '../../data/recordings.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { shortNumber, timeAgo, viewsInWords } from '../../parts/formatting.ts';
import { Failure, Notice } from '../../parts/notice.tsx';
import { useNow } from '../../parts/useNow.ts';
import { useTitle } from '../../parts/useTitle.ts';
import { WatchSkeleton } from '../../parts/watchSkeleton.tsx';
import { Player } from '../../player/player.tsx';
import { usePlay } from '../../player/usePlay.ts';
import '../channel/channel.css';

interface RecordingPageProps {
  readonly username: string;
  readonly streamId: string;
}

/** A past stream: its recording, with the chat as it was at each moment. */
export function RecordingPage({ username, streamId }: RecordingPageProps) {
  const stream = useStream(username, streamId);
  const channel = useChannel(username);
  const categories = useCategories();
  const now = useNow(60_000);
  const [position, setPosition] = useState(0);
  const recorded = stream.data?.recording;
  const reportPlay = usePlay({
    username,
    streamId: recorded?.status === 'recording' ? undefined : recorded?.streamId,
    durationMs: recorded?.durationMs ?? null,
  });
  useTitle(stream.data?.title ?? undefined);
  if (stream.isError && stream.data === undefined)
    return <Failure error={stream.error} retry={() => void stream.refetch()} level="h1" />;
  if (stream.data === undefined) return <WatchSkeleton />;
  const { title, startedAt, peakViewers, categoryId, recording } = stream.data;
  const url = recording?.playlistUrl ?? null;
  const category = categories.data?.find(({ id }) => id === categoryId);
  const owner = channel.data?.displayName ?? username;
  return (
    <div class="channelPage">
      <div class="watch">
        {url === null ? (
          <Notice icon="video" title="This stream has no recording">
            <p>It was not recorded, or its recording has been deleted.</p>
            <Link class="button primary" href={`/c/${username}`}>
              To the channel
            </Link>
          </Notice>
        ) : (
          <Player
            url={url}
            isLive={false}
            label={title ?? 'Recording'}
            over={<p>The recording is over.</p>}
            onTime={position => {
              setPosition(position);
              reportPlay(position);
            }}
          />
        )}
        <div class="channelInfo">
          <Avatar name={owner} url={channel.data?.avatarUrl} size={56} />
          <div>
            <h1>
              <bdi>{title ?? 'Recording'}</bdi>
            </h1>
            <div class="by">
              <strong>
                <Link href={`/c/${username}`}>
                  <bdi>{owner}</bdi>
                </Link>
              </strong>
              {category !== undefined && <Link href={`/categories/${category.id}`}>{category.name}</Link>}
              <span>{timeAgo(Date.parse(startedAt), now)}</span>
              {recording?.status === 'ended' && <span>{viewsInWords(recording.views)}</span>}
              <span>{shortNumber(peakViewers)} viewers at most</span>
            </div>
          </div>
        </div>
      </div>
      <ChatReplay username={username} streamId={streamId} positionMs={position * 1000} />
    </div>
  );
}

interface ChatReplayProps extends RecordingPageProps {
  readonly positionMs: number;
}

/** The chat at a position of the recording. */
function ChatReplay({ username, streamId, positionMs }: ChatReplayProps) {
  const { lines, isLoading, failure, retry } = useReplay(username, streamId, positionMs);
  const frame = useRef<HTMLOListElement>(null);
  const last = lines.at(-1)?.id;
  useEffect(() => {
    if (frame.current !== null) frame.current.scrollTop = frame.current.scrollHeight;
  }, [last]);
  return (
    <section class="chat" aria-label="Chat replay">
      <div class="chatHead">
        <h2>Chat replay</h2>
      </div>
      <div class="linesFrame">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard */}
        <ol class="lines" ref={frame} tabIndex={0} aria-label="Messages">
          {lines.map(line => (
            <LineView key={line.id} line={line} />
          ))}
          {lines.length === 0 && (
            <li class="gap">
              {isLoading ? 'Loading the chat…' : 'Messages appear here as the recording plays.'}
            </li>
          )}
        </ol>
      </div>
      <div>
        {failure !== undefined && (
          <div class="write" role="alert">
            <p>{sentenceOf(failure)}</p>
            <button type="button" class="button" onClick={retry}>
              Try again
            </button>
          </div>
        )}
      </div>
    </section>
  );
}
