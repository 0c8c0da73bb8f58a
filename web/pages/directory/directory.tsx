import { Link, useSearchParams } from 'wouter-preact';
import { type Sort, useCategories, useLiveChannels } from '../../data/channels.ts';
import { ChannelList } from '../../parts/channelList.tsx';
import { LiveTabs } from '../../parts/liveTabs.tsx';
import { Notice } from '../../parts/notice.tsx';
import { useTitle } from '../../parts/useTitle.ts';

/** The live channels, of one category or of all. */
export function Directory({ categoryId }: { readonly categoryId?: string }) {
  const [parameters, setParameters] = useSearchParams();
  // The order by viewers is up to a minute old, and not there yet in the first minute of a stack.
  const sort: Sort = parameters.get('sort') === 'viewers' ? 'viewers' : 'newest';
  const live = useLiveChannels(sort, categoryId);
  const categories = useCategories();
  const heading =
    categoryId === undefined
      ? 'Live channels'
      : (categories.data?.find(({ id }) => id === categoryId)?.name ?? 'Category');
  useTitle(categoryId === undefined ? undefined : heading);
  return (
    <div class="page">
      <div class="pageHead">
        <h1>{heading}</h1>
        {categoryId === undefined ? (
          <LiveTabs />
        ) : (
          <Link href={`/recordings?category=${categoryId}`}>Recordings of this category</Link>
        )}
        <label class="sort">
          Sort by{' '}
          <select
            class="input"
            value={sort}
            onChange={({ currentTarget }) =>
              setParameters(currentTarget.value === 'viewers' ? { sort: 'viewers' } : {}, { replace: true })
            }
          >
            <option value="newest">Newest</option>
            <option value="viewers">Most viewers</option>
          </select>
        </label>
      </div>
      <ChannelList
        channels={live}
        empty={
          <Notice icon="signal" title="Nobody is live here right now">
            <p>Channels appear here as soon as they go live.</p>
            {categoryId !== undefined && (
              <Link class="button" href="/">
                See all live channels
              </Link>
            )}
          </Notice>
        }
      />
    </div>
  );
}
