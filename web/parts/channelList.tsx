import type { ComponentChildren } from 'preact';
import { type ListedChannel, useCategories } from '../data/channels.ts';
import { ChannelCard, SkeletonCards } from './channelCard.tsx';
import { More } from './more.tsx';
import { Failure } from './notice.tsx';
import { useNow } from './useNow.ts';

interface ChannelListProps {
  /** A query of pages of channels, from `usePages`. */
  readonly channels: {
    readonly data?: { readonly pages: readonly { readonly items: readonly ListedChannel[] }[] } | undefined;
    readonly isPending: boolean;
    readonly isError: boolean;
    readonly error: unknown;
    readonly refetch: () => unknown;
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
  /** What is shown when there are none. */
  readonly empty: ComponentChildren;
}

/** Cards of channels that load more at the end, with the states of loading, failure and emptiness. */
export function ChannelList({ channels, empty }: ChannelListProps) {
  const now = useNow(1_000);
  const categories = useCategories();
  const items = channels.data?.pages.flatMap(page => page.items) ?? [];
  if (channels.isPending) return <SkeletonCards />;
  if (channels.isError && items.length === 0)
    return <Failure error={channels.error} retry={() => void channels.refetch()} />;
  if (items.length === 0 && !channels.hasNextPage) return <>{empty}</>;
  return (
    <>
      <ul class="cards">
        {items.map(channel => (
          <li key={channel.id}>
            <ChannelCard
              channel={channel}
              categoryName={categories.data?.find(({ id }) => id === channel.categoryId)?.name}
              now={now}
            />
          </li>
        ))}
      </ul>
      <More {...channels} />
    </>
  );
}
