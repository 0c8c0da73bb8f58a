import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useStopStream } from '../../../data/channel.ts';
import { isLocalMode, useTestBroadcast } from '../../../data/localMode.ts';
import { useViewers } from '../../../data/stream.ts';
import { Picture } from '../../../parts/card.tsx';
import { ConfirmDialog } from '../../../parts/confirmDialog.tsx';
import { clockTime, shortNumber } from '../../../parts/formatting.ts';
import { Icon } from '../../../parts/icon.tsx';
import { useNow } from '../../../parts/useNow.ts';
import { useTitle } from '../../../parts/useTitle.ts';
import { Figure, healthFigure } from '../figure.tsx';
import { useOwn } from '../own.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { LastStream } from './lastStream.tsx';
import { Setup } from './setup.tsx';
import { StreamInfo } from './streamInfo.tsx';
import './overview.css';

/** The state of the channel, what it is about, and how to broadcast on it. */
export function Overview() {
  const { channel } = useOwn();
  useTitle(`${channel.isLive ? '● ' : ''}Dashboard`);
  return (
    <>
      <State />
      <div class="panelColumns">
        <div class="panelColumn">
          <StreamInfo key={channel.id} />
          {channel.isLive && channel.stream !== null ? (
            <Timeline username={channel.username} stream={channel.stream} isLive />
          ) : (
            <LastStream />
          )}
        </div>
        <div class="panelColumn">
          {channel.isLive && channel.stream !== null && <Preview />}
          <Setup />
        </div>
      </div>
    </>
  );
}

function State() {
  const { channel } = useOwn();
  const { username, isLive, stream, title, followerCount } = channel;
  const viewers = useViewers(username, stream?.id);
  const now = useNow(1_000);
  const [isEnding, setEnding] = useState(false);
  return (
    <section class="panel channelState" aria-labelledby="channelState">
      <div class="stateHead">
        <span class={`badge ${isLive ? 'live' : ''}`} role="status">
          {isLive ? 'Live' : 'Offline'}
        </span>
        <h1 id="channelState">
          <bdi>{title}</bdi>
        </h1>
        <div class="acts">
          <Link class="button" href={`/c/${username}`}>
            View channel
          </Link>
          {!isLive && isLocalMode && <TestBroadcast username={username} />}
          {isLive && (
            <button type="button" class="button danger" onClick={() => setEnding(true)}>
              End stream
            </button>
          )}
        </div>
      </div>
      <dl class="figures">
        <Figure name="Viewers" value={stream && shortNumber(viewers.data?.viewers ?? stream.viewers)} />
        <Figure name="Live for" value={stream && clockTime(now - Date.parse(stream.startedAt))} />
        <Figure {...healthFigure(stream)} />
        <Figure name="Followers" value={shortNumber(followerCount)} />
      </dl>
      {isEnding && <EndStream onClose={() => setEnding(false)} />}
    </section>
  );
}

/** What viewers see before they open the channel. */
function Preview() {
  const { channel } = useOwn();
  const { username, stream } = channel;
  return (
    <section class="panel preview" aria-labelledby="preview">
      <h2 id="preview">Preview</h2>
      <Link class="picture" href={`/c/${username}`} aria-label="Watch your channel">
        <Picture url={stream?.thumbnailUrl ?? null} name={username} />
        <span class="watchIt">
          <Icon name="play" size={28} />
        </span>
      </Link>
    </section>
  );
}

/** Goes live without an encoder, which local mode does not have. */
function TestBroadcast({ username }: { readonly username: string }) {
  const { mutate, isPending, isError, error } = useTestBroadcast(username);
  return (
    <>
      {isError && (
        <span class="bad" role="alert">
          {error.message}
        </span>
      )}
      <button
        type="button"
        class="button primary"
        title="A test picture for ten minutes, with viewers who chat"
        disabled={isPending}
        onClick={() => mutate()}
      >
        <Icon name="play" size={18} />
        {isPending ? 'Starting…' : 'Play a test broadcast'}
      </button>
    </>
  );
}

function EndStream({ onClose }: { readonly onClose: () => void }) {
  const stop = useStopStream();
  return (
    <ConfirmDialog
      title="End the stream?"
      action="End stream"
      onConfirm={() => stop.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
      isPending={stop.isPending}
      error={stop.error}
    >
      <p>
        Your encoder is disconnected, and your viewers see that the stream is over. The channel goes offline
        within seconds.
      </p>
      <p>
        An encoder that reconnects by itself starts a new stream. Stop it there first, or replace the stream
        key.
      </p>
    </ConfirmDialog>
  );
}
