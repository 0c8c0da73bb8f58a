import { useEffect } from 'preact/hooks';
import { refreshChannel } from '../../../data/channel.ts';
import { type StreamEvent, useTimeline } from '../../../data/stream.ts';
import { clockTime } from '../../../parts/formatting.ts';
import { Failure } from '../../../parts/notice.tsx';
import { eventText } from './eventTexts.ts';
import './timeline.css';

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

interface TimelineProps {
  readonly username: string;
  readonly stream: { readonly id: string; readonly startedAt: string };
  readonly isLive: boolean;
}

/** What happened to a stream, newest first. While it is live, new events appear by themselves. */
export function Timeline({ username, stream, isLive }: TimelineProps) {
  const timeline = useTimeline(username, stream.id, isLive);
  const { data, isError, error, refetch } = timeline;
  const count = data?.length;
  // No message of the chat tells of health, so a new event is the sign that it may have changed.
  useEffect(() => {
    if (isLive && count !== undefined) void refreshChannel(username);
  }, [isLive, count, username]);
  return (
    <section class="panel timeline" aria-labelledby="timeline">
      <h2 id="timeline">Events</h2>
      {data === undefined && isError && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && !isError && <div class="skeleton" role="status" aria-label="Loading" />}
      {data?.length === 0 && <p class="explained">Nothing was reported yet. Events appear by themselves.</p>}
      {data !== undefined && (
        <ol aria-live={isLive ? 'polite' : undefined} aria-relevant="additions">
          {data.toReversed().map(event => (
            <EventLine key={event.id} event={event} startedAt={stream.startedAt} />
          ))}
        </ol>
      )}
    </section>
  );
}

function EventLine({ event, startedAt }: { readonly event: StreamEvent; readonly startedAt: string }) {
  const { title, meaning, tone } = eventText(event);
  const at = Date.parse(event.time);
  return (
    <li class={tone}>
      <div>
        <strong>{title}</strong>
        <p class="explained">{meaning}</p>
      </div>
      <time dateTime={event.time} title={time.format(at)}>
        {clockTime(at - Date.parse(startedAt))}
      </time>
    </li>
  );
}
