import { lazy, Suspense } from 'preact/compat';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { BanDialog } from '../../chat/banDialog.tsx';
import { ChatPanel } from '../../chat/chatPanel.tsx';
import type { Line } from '../../chat/messages.ts';
import { useChat } from '../../chat/useChat.ts';
import { useUser } from '../../data/account.ts';
import { type Channel, refreshChannel, useChannel, useDeleteMessage, useFollow } from '../../data/channel.ts';
import { type Told, withState } from '../../data/channelState.ts';
import { useCategories } from '../../data/channels.ts';
import { sentenceOf } from '../../data/problems.ts';
import { useVods } from '../../data/recordings.ts';
import { refreshStage, useAskForStage, useOwnStageRequest } from '../../data/stage.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Picture } from '../../parts/card.tsx';
import { CardList } from '../../parts/cardList.tsx';
import { clockTime, shortNumber } from '../../parts/formatting.ts';
import { Icon } from '../../parts/icon.tsx';
import { Failure } from '../../parts/notice.tsx';
import { RecordingCard } from '../../parts/recordingCard.tsx';
import { useNow } from '../../parts/useNow.ts';
import { useTitle } from '../../parts/useTitle.ts';
import { WatchSkeleton } from '../../parts/watchSkeleton.tsx';
import { Player, type Viewing } from '../../player/player.tsx';
import { useSamples } from '../../player/useSamples.ts';
import './channel.css';

const StageRoom = lazy(() => import('../../stage/stageRoom.tsx').then(room => room.StageRoom));

/** A channel: its video, its chat, and what it is about. */
export function ChannelPage({ username }: { readonly username: string }) {
  const { data, dataUpdatedAt, error, isError, refetch } = useChannel(username);
  const [, navigate] = useLocation();
  // A former name leads to the channel. The address shows the current name from then on.
  const current = data?.username;
  useEffect(() => {
    if (current !== undefined && current.toLowerCase() !== username.toLowerCase())
      navigate(`/c/${current}`, { replace: true });
  }, [current, username, navigate]);
  if (data === undefined)
    return isError ? <Failure error={error} retry={() => void refetch()} level="h1" /> : <WatchSkeleton />;
  return <LoadedChannel key={data.id} loaded={data} readAt={dataUpdatedAt} />;
}

interface LoadedChannelProps {
  readonly loaded: Channel;
  /** When the channel was read, by the computer's clock. */
  readonly readAt: number;
}

function LoadedChannel({ loaded, readAt }: LoadedChannelProps) {
  const user = useUser();
  const [told, setTold] = useState<Told>();
  const [banned, setBanned] = useState<Line>();
  const channel = withState(loaded, told, readAt);
  const { username, title, isLive, stream, playbackUrl } = channel;
  const deleteMessage = useDeleteMessage(username);
  const chat = useChat({
    username,
    stream: stream ?? undefined,
    userId: user?.id,
    onStage: () => void refreshStage(),
    onChannel: state => {
      setTold({ state, at: Date.now() });
      void refreshChannel(username);
    },
    onReconnect: () => {
      setTold(undefined);
      void refreshChannel(username);
      void refreshStage();
    },
  });
  const hasBeenLive = useRef(false);
  if (isLive) hasBeenLive.current = true;
  useTitle(`${isLive ? '● ' : ''}${channel.displayName ?? username}`);
  const isOwner = channel.relation?.isOwner === true;
  const canModerate = isOwner || channel.relation?.isModerator === true;
  const userId = user?.id ?? '';
  // The same object each time, so that the messages are not all drawn again with each new one.
  const moderation = useMemo(
    () => ({
      userId,
      isOwner,
      deleteMessage: ({ id, sender }: Line) =>
        deleteMessage.mutate({ messageId: id, senderId: sender.userId }),
      ban: setBanned,
    }),
    [deleteMessage.mutate, userId, isOwner],
  );
  return (
    <div class="channelPage">
      <div class="watch">
        {isLive && stream !== null ? (
          <LiveVideo
            key={stream.id}
            url={playbackUrl}
            username={username}
            streamId={stream.id}
            title={title}
          />
        ) : (
          <OfflineScreen channel={channel} hasEnded={hasBeenLive.current} />
        )}
        <ChannelInfo channel={channel} isOwn={user?.username === username} />
        <StageSection channel={channel} />
        <Recordings channel={channel} />
      </div>
      <ChatPanel
        chat={chat}
        username={user?.username}
        moderation={canModerate ? moderation : undefined}
        refusal={
          deleteMessage.isError
            ? `The message was not deleted. ${sentenceOf(deleteMessage.error)}`
            : undefined
        }
      />
      {banned !== undefined && (
        <BanDialog username={username} sender={banned.sender} onClose={() => setBanned(undefined)} />
      )}
    </div>
  );
}

/** The recordings of the channel, if there are any. */
function Recordings({ channel }: { readonly channel: Channel }) {
  const recordings = useVods(channel.username);
  const now = useNow(60_000);
  return (
    <section class="recordings" aria-labelledby="recordings">
      <h2 id="recordings">Recordings</h2>
      <CardList
        pages={recordings}
        keyOf={({ streamId }) => streamId}
        card={recording => <RecordingCard recording={recording} owner={channel} now={now} level="h3" />}
        empty={<p class="none">There are none yet.</p>}
      />
    </section>
  );
}

interface LiveVideoProps {
  readonly url: string;
  readonly username: string;
  readonly streamId: string;
  readonly title: string;
}

function LiveVideo({ url, username, streamId, title }: LiveVideoProps) {
  const viewing = useRef<Viewing>();
  useSamples(
    username,
    streamId,
    () => viewing.current?.isPlaying() ?? false,
    () => viewing.current?.statistics() ?? {},
  );
  return (
    <Player
      url={url}
      isLive
      label={title}
      // The event that tells of the end may have been missed.
      onInterrupted={() => void refreshChannel(username)}
      over={<p>The stream has paused or ended. It goes on by itself if {username} comes back.</p>}
      onReady={ready => {
        viewing.current = ready;
      }}
    />
  );
}

function OfflineScreen({ channel, hasEnded }: { readonly channel: Channel; readonly hasEnded: boolean }) {
  const { username, displayName, bannerUrl } = channel;
  return (
    <div class="offlineScreen" role="status">
      <Picture url={bannerUrl} name={username} />
      <h2>
        {hasEnded ? (
          'The stream is over'
        ) : (
          <>
            <bdi>{displayName ?? username}</bdi> is offline
          </>
        )}
      </h2>
      <p>This page turns live by itself when the next stream begins.</p>
    </div>
  );
}

function ChannelInfo({ channel, isOwn }: { readonly channel: Channel; readonly isOwn: boolean }) {
  const { username, displayName, avatarUrl, bio, title, categoryId, stream, followerCount, relation } =
    channel;
  const now = useNow(1_000);
  const categories = useCategories();
  const category = categories.data?.find(({ id }) => id === categoryId);
  return (
    <div class="channelInfo">
      <Avatar name={displayName ?? username} url={avatarUrl} size={56} />
      <div>
        <h1>
          <bdi>{title}</bdi>
        </h1>
        <div class="by">
          <strong>
            <bdi>{displayName ?? username}</bdi>
          </strong>
          {displayName !== null && <span>@{username}</span>}
          {category !== undefined && <Link href={`/categories/${category.id}`}>{category.name}</Link>}
          <span>
            {shortNumber(followerCount)} {followerCount === 1 ? 'follower' : 'followers'}
          </span>
        </div>
        {bio !== null && (
          <p class="bio">
            <bdi>{bio}</bdi>
          </p>
        )}
      </div>
      <div class="act">
        {stream !== null && (
          <div class="counts">
            <span class="viewers" title="Viewers">
              <Icon name="person" size={18} />
              {shortNumber(stream.viewers)}
              <span class="visuallyHidden">viewers</span>
            </span>
            <span title="Live for">{clockTime(now - Date.parse(stream.startedAt))}</span>
          </div>
        )}
        {isOwn ? (
          <Link class="button" href="/dashboard">
            Dashboard
          </Link>
        ) : (
          <>
            {relation?.isModerator === true && (
              <Link class="button" href={`/c/${username}/moderation`}>
                <Icon name="shield" size={18} />
                Moderate
              </Link>
            )}
            {relation !== null && (channel.isLive || channel.isStageLive) && (
              <StageRequest username={username} />
            )}
            <FollowButton username={username} isFollowing={relation?.isFollowing} />
          </>
        )}
      </div>
    </div>
  );
}

/** The people on the stage of the channel, for everybody while there are some, and for the guests. */
function StageSection({ channel }: { readonly channel: Channel }) {
  const { username, isStageLive, relation } = channel;
  const isGuest = relation !== null && !relation.isOwner;
  const request = useOwnStageRequest(username, isGuest);
  const isInvited = isGuest && request.data?.state === 'invited';
  // The host joins with the dashboard.
  if (relation?.isOwner === true || !(isStageLive || isInvited)) return null;
  return (
    <section class="stageSection" aria-labelledby="stage">
      <h2 id="stage">On stage</h2>
      <Suspense fallback={null}>
        <StageRoom key={String(isInvited)} username={username} canPublish={isInvited} />
      </Suspense>
    </section>
  );
}

/** Asks the host to let the user come on stage. */
function StageRequest({ username }: { readonly username: string }) {
  const request = useOwnStageRequest(username, true);
  const ask = useAskForStage(username);
  const state = request.data?.state;
  if (state === undefined) return null;
  if (state === 'declined') return <span class="stageRequest">The host cannot take you on stage now.</span>;
  const [act, label] = stageActs[state];
  return (
    <>
      {ask.isError && (
        <span role="alert" class="error">
          {sentenceOf(ask.error)}
        </span>
      )}
      {state === 'invited' && <span class="stageRequest">You are invited to the stage.</span>}
      <button type="button" class="button" disabled={ask.isPending} onClick={() => ask.mutate(act)}>
        <Icon name="mic" size={18} />
        {label}
      </button>
    </>
  );
}

const stageActs = {
  none: ['ask', 'Ask to come on stage'],
  open: ['takeBack', 'Take request back'],
  invited: ['leave', 'Decline'],
} as const;

interface FollowButtonProps {
  readonly username: string;
  /** Undefined for guests. */
  readonly isFollowing: boolean | undefined;
}

function FollowButton({ username, isFollowing }: FollowButtonProps) {
  const follow = useFollow(username);
  if (isFollowing === undefined)
    return (
      <Link class="button primary" href={`/sign-in?to=${encodeURIComponent(`/c/${username}`)}`}>
        <Icon name="heart" size={18} />
        Follow
      </Link>
    );
  return (
    <>
      {follow.isError && (
        <span role="alert" class="error">
          {sentenceOf(follow.error)}
        </span>
      )}
      <button
        type="button"
        class={`button ${isFollowing ? '' : 'primary'}`}
        aria-pressed={isFollowing}
        onClick={() => follow.mutate(!isFollowing)}
      >
        <Icon name={isFollowing ? 'check' : 'heart'} size={18} />
        {isFollowing ? 'Following' : 'Follow'}
      </button>
    </>
  );
}
