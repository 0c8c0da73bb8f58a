import { useSearchParams } from 'wouter-preact';
import { useCategories } from '../../data/channels.ts';
import { useRecordings } from '../../data/recordings.ts';
import { CardList } from '../../parts/cardList.tsx';
import { Notice } from '../../parts/notice.tsx';
import { RecordingCard } from '../../parts/recordingCard.tsx';
import { useNow } from '../../parts/useNow.ts';
import { useTitle } from '../../parts/useTitle.ts';

/** The newest recordings of all channels, of one category or of all. */
export function Recordings() {
  const [parameters, setParameters] = useSearchParams();
  const categoryId = parameters.get('category') ?? undefined;
  const recordings = useRecordings(categoryId);
  const categories = useCategories();
  const now = useNow(60_000);
  useTitle('Recordings');
  return (
    <div class="page">
      <div class="pageHead">
        <h1>Recordings</h1>
        <label class="sort">
          Category{' '}
          <select
            class="input"
            value={categoryId ?? ''}
            onChange={({ currentTarget: { value } }) =>
              setParameters(value === '' ? {} : { category: value }, { replace: true })
            }
          >
            <option value="">All</option>
            {categories.data?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <CardList
        pages={recordings}
        keyOf={({ streamId }) => streamId}
        card={recording => <RecordingCard recording={recording} owner={recording.channel} now={now} />}
        empty={
          <Notice icon="video" title="There are no recordings here yet">
            <p>Streams that are recorded appear here when they begin.</p>
          </Notice>
        }
      />
    </div>
  );
}
