import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { BanDialog } from '../../chat/banDialog.tsx';
import { useUser } from '../../data/account.ts';
import { useChannel } from '../../data/channel.ts';
import { type ModeratedChannel, useModerated } from '../../data/moderation.ts';
import { Bans } from '../../moderation/bans.tsx';
import { ModerationLog } from '../../moderation/moderationLog.tsx';
import { Moderators } from '../../moderation/moderators.tsx';
import { Avatar } from '../../parts/avatar.tsx';
import { shortNumber } from '../../parts/formatting.ts';
import { More } from '../../parts/more.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { SignedIn } from '../../parts/signedIn.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import '../../styles/panels.css';
import '../../moderation/moderation.css';

/** The channels that the user moderates. */
export function Moderating() {
  useTitle('Moderating');
  return (
    <SignedIn>
      <div class="page panels">
        <div class="pageHead">
          <h1>Channels you moderate</h1>
        </div>
        <ModeratedChannels />
      </div>
    </SignedIn>
  );
}

function ModeratedChannels() {
  const moderated = useModerated();
  const items = moderated.data?.pages.flatMap(page => page.items) ?? [];
  if (moderated.isError && items.length === 0)
    return <Failure error={moderated.error} retry={() => void moderated.refetch()} />;
  if (moderated.isPending) return <div class="skeleton line" role="status" aria-label="Loading" />;
  if (items.length === 0)
    return (
      <Notice icon="shield" title="You moderate no channels">
        <p>The owner of a channel can appoint you. The channel then appears here.</p>
      </Notice>
    );
  return (
    <>
      <ul class="rows" aria-label="Channels you moderate">
        {items.map(item => (
          <ChannelRow key={item.channel.id} {...item} />
        ))}
      </ul>
      <More {...moderated} />
    </>
  );
}

function ChannelRow({ channel }: ModeratedChannel) {
  const { username, displayName, avatarUrl, title, isLive, viewers } = channel;
  const name = displayName ?? username;
  return (
    <li>
      <div class="person">
        <Avatar name={name} url={avatarUrl} />
        <div>
          <Link href={`/c/${username}`}>
            <bdi>{name}</bdi>
          </Link>
          <p class="explained">
            {isLive ? `Live · ${shortNumber(viewers ?? 0)} viewers · ` : 'Offline · '}
            <bdi>{title}</bdi>
          </p>
        </div>
      </div>
      <Link class="button" href={`/c/${username}/moderation`} aria-label={`Moderate ${name}`}>
        Moderate
      </Link>
    </li>
  );
}

/** What a moderator sees of a channel besides its chat: the bans, the moderators, and what was done. */
export function ModeratorPage({ username }: { readonly username: string }) {
  return (
    <SignedIn>
      <div class="page panels">
        <ModeratedChannelPage username={username} />
      </div>
    </SignedIn>
  );
}

function ModeratedChannelPage({ username }: { readonly username: string }) {
  const { data, error, isError, refetch } = useChannel(username);
  const user = useUser();
  const [banned, setBanned] = useState<{ readonly userId: string; readonly name: string }>();
  useTitle(`Moderation of ${username}`);
  if (data === undefined)
    return isError ? (
      <Failure error={error} retry={() => void refetch()} level="h1" />
    ) : (
      <div class="skeleton line" role="status" aria-label="Loading" />
    );
  const { relation, displayName } = data;
  const name = displayName ?? data.username;
  if (user === undefined || (relation?.isModerator !== true && relation?.isOwner !== true))
    return (
      <Notice icon="shield" title="You do not moderate this channel" level="h1">
        <p>The owner has not appointed you, or has dismissed you.</p>
        <Link class="button primary" href={`/c/${data.username}`}>
          To the channel
        </Link>
      </Notice>
    );
  return (
    <>
      <div class="pageHead">
        <h1>
          Moderation of <bdi>{name}</bdi>
        </h1>
        <Link class="button" href={`/c/${data.username}`}>
          To the chat
        </Link>
      </div>
      <div class="moderationColumns">
        <ModerationLog username={data.username} />
        <div>
          <Bans username={data.username} onBan={setBanned} />
          <Moderators username={data.username} isOwner={relation.isOwner} />
        </div>
      </div>
      {banned !== undefined && (
        <BanDialog username={data.username} sender={banned} onClose={() => setBanned(undefined)} />
      )}
    </>
  );
}
