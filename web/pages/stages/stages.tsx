import { useLiveStages } from '../../data/stage.ts';
import { Card } from '../../parts/card.tsx';
import { CardList } from '../../parts/cardList.tsx';
import { clockTime } from '../../parts/formatting.ts';
import { LiveTabs } from '../../parts/liveTabs.tsx';
import { Notice } from '../../parts/notice.tsx';
import { useNow } from '../../parts/useNow.ts';
import { useTitle } from '../../parts/useTitle.ts';

/** The stages on which somebody is seen or heard now. */
export function Stages() {
  const stages = useLiveStages();
  const now = useNow(1_000);
  useTitle('Live stages');
  return (
    <div class="page">
      <div class="pageHead">
        <h1>Live stages</h1>
        <LiveTabs />
      </div>
      <CardList
        pages={stages}
        keyOf={({ username }) => username}
        card={stage => (
          <Card
            href={`/c/${stage.username}`}
            title={stage.title}
            pictureUrl={null}
            owner={stage}
            over={
              <>
                <span class="badge live">Stage</span>
                <span class="overPicture">{clockTime(now - Date.parse(stage.liveSince))}</span>
              </>
            }
            underPicture={
              <span class="overPicture">
                {stage.publisherCount} {stage.publisherCount === 1 ? 'person' : 'people'} on stage
              </span>
            }
          />
        )}
        empty={
          <Notice icon="users" title="No stage is live right now">
            <p>Stages appear here as soon as somebody is seen or heard on them.</p>
          </Notice>
        }
      />
    </div>
  );
}
