import type { ComponentChildren, VNode } from 'preact';
import type { Pages } from '../data/pages.ts';
import { SkeletonCards } from './card.tsx';
import { More } from './more.tsx';
import { Failure } from './notice.tsx';

interface CardListProps<T> {
  readonly pages: Pages<T>;
  readonly keyOf: (item: T) => string;
  readonly card: (item: T) => VNode;
  /** What is shown when there are none. */
  readonly empty: ComponentChildren;
}

/** Cards that load more at the end, with the states of loading, failure and emptiness. */
export function CardList<T>({ pages, keyOf, card, empty }: CardListProps<T>) {
  const items = pages.data?.pages.flatMap(page => page.items) ?? [];
  if (pages.isPending) return <SkeletonCards />;
  if (pages.isError && items.length === 0)
    return <Failure error={pages.error} retry={() => void pages.refetch()} />;
  // A page may be empty although others follow: a channel of it has just ended.
  if (items.length === 0 && !pages.hasNextPage) return <>{empty}</>;
  return (
    <>
      <ul class="cards">
        {items.map(item => (
          <li key={keyOf(item)}>{card(item)}</li>
        ))}
      </ul>
      <More {...pages} />
    </>
  );
}
