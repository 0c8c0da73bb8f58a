import { Link } from 'wouter-preact';
import { useStreams } from '../../../data/stream.ts';
import { clockTime, shortNumber, timeAgo } from '../../../parts/formatting.ts';
import { useNow } from '../../../parts/useNow.ts';
import { Figure } from '../figure.tsx';
import { useOwn } from '../own.ts';

/** How the last stream went, while the channel is offline. */
export function LastStream() {
  const { channel } = useOwn();
  const streams = useStreams(channel.username);
  const now = useNow(60_000);
  const last = streams.data?.pages[0]?.items[0];
  if (last === undefined) return null;
  const { id, title, startedAt, durationMs, peakViewers, views } = last;
  return (
    <section class="panel" aria-labelledby="lastStream">
      <h2 id="lastStream">Last stream</h2>
      <p class="explained">
        <bdi>{title ?? 'Untitled'}</bdi> · {timeAgo(Date.parse(startedAt), now)}
      </p>
      <dl class="figures">
        <Figure name="Most viewers" value={shortNumber(peakViewers)} />
        <Figure name="Views" value={shortNumber(views)} />
        <Figure name="Length" value={durationMs === null ? null : clockTime(durationMs)} />
      </dl>
      <div class="formEnd">
        <Link class="button" href={`/dashboard/streams/${id}`}>
          See its analytics
        </Link>
      </div>
    </section>
  );
}
