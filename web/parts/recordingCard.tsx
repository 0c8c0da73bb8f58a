import type { Vod } from '../data/recordings.ts';
import { Card } from './card.tsx';
import { clockTime, timeAgo, viewsInWords } from './formatting.ts';

interface RecordingCardProps {
  readonly recording: Vod;
  readonly owner: {
    readonly username: string;
    readonly displayName?: string | null;
    readonly avatarUrl?: string | null;
  };
  readonly now: number;
  readonly level?: 'h2' | 'h3';
}

/** A recording in a list. */
export function RecordingCard({ recording, owner, now, level = 'h2' }: RecordingCardProps) {
  const { streamId, title, durationMs, thumbnailUrl, startedAt, views } = recording;
  return (
    <Card
      href={`/c/${owner.username}/streams/${streamId}`}
      title={title ?? 'Recording'}
      pictureUrl={thumbnailUrl}
      owner={owner}
      level={level}
      underPicture={durationMs !== null && <span class="overPicture">{clockTime(durationMs)}</span>}
      facts={`${timeAgo(Date.parse(startedAt), now)} · ${viewsInWords(views)}`}
    />
  );
}
