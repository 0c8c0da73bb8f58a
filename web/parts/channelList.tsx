import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import { type ListedChannel, useCategories } from '../data/channels.ts';
import type { Pages } from '../data/pages.ts';
import { Card } from './card.tsx';
import { CardList } from './cardList.tsx';
import { clockTime, shortNumber } from './formatting.ts';
import { useNow } from './useNow.ts';

interface ChannelListProps {
  readonly channels: Pages<ListedChannel>;
  /** What is shown when there are none. */
  readonly empty: ComponentChildren;
}

/** A list of channels, live or not. */
export function ChannelList({ channels, empty }: ChannelListProps) {
  const now = useNow(1_000);
  const categories = useCategories();
  const nameOf = (categoryId: string | null) => categories.data?.find(({ id }) => id === categoryId)?.name;
  return (
    <CardList
      pages={channels}
      keyOf={({ id }) => id}
      card={channel => <ChannelCard channel={channel} categoryName={nameOf(channel.categoryId)} now={now} />}
      empty={empty}
    />
  );
}

interface ChannelCardProps {
  readonly channel: ListedChannel;
  readonly categoryName: string | undefined;
  readonly now: number;
}

function ChannelCard({ channel, categoryName, now }: ChannelCardProps) {
  const { username, title, isLive, viewers, stream, thumbnailUrl, categoryId } = channel;
  return (
    <Card
      href={`/c/${username}`}
      title={title}
      pictureUrl={thumbnailUrl}
      owner={channel}
      over={
        isLive ? (
          <>
            <span class="badge live">Live</span>
            {stream !== null && (
              <span class="overPicture" title="Live for">
                {clockTime(now - Date.parse(stream.startedAt))}
              </span>
            )}
          </>
        ) : (
          <span class="overPicture">Offline</span>
        )
      }
      underPicture={
        viewers !== null && (
          <span class="overPicture">
            {shortNumber(viewers)} {viewers === 1 ? 'viewer' : 'viewers'}
          </span>
        )
      }
      facts={categoryName !== undefined && <Link href={`/categories/${categoryId}`}>{categoryName}</Link>}
    />
  );
}
