import { useSearchParams } from 'wouter-preact';
import { useSearch } from '../../data/channels.ts';
import { ChannelList } from '../../parts/channelList.tsx';
import { Notice } from '../../parts/notice.tsx';
import { useTitle } from '../../parts/useTitle.ts';

/** The channels whose names begin with the text of the search box. */
export function Search() {
  const [parameters] = useSearchParams();
  const q = parameters.get('q') ?? '';
  useTitle(`Search: ${q}`);
  return (
    <div class="page">
      <div class="pageHead">
        <h1>
          Channels that begin with “<bdi>{q}</bdi>”
        </h1>
      </div>
      <ChannelList
        channels={useSearch(q)}
        empty={
          <Notice icon="search" title="No channel was found">
            <p>Search for the beginning of a channel's name.</p>
          </Notice>
        }
      />
    </div>
  );
}
