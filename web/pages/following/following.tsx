import { Link } from 'wouter-preact';
import { useFollowing } from '../../data/channels.ts';
import { ChannelList } from '../../parts/channelList.tsx';
import { Notice } from '../../parts/notice.tsx';
import { SignedIn } from '../../parts/signedIn.tsx';
import { useTitle } from '../../parts/useTitle.ts';

/** The channels that the user follows. */
export function Following() {
  useTitle('Following');
  return (
    <SignedIn>
      <div class="page">
        <div class="pageHead">
          <h1>Following</h1>
        </div>
        <FollowedChannels />
      </div>
    </SignedIn>
  );
}

function FollowedChannels() {
  return (
    <ChannelList
      channels={useFollowing()}
      empty={
        <Notice icon="heart" title="You follow nobody yet">
          <p>Follow a channel to find it here, also when it is offline.</p>
          <Link class="button primary" href="/">
            See who is live
          </Link>
        </Notice>
      }
    />
  );
}
