import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { ListedChannel } from '../data/channels.ts';
import { Avatar } from './avatar.tsx';
import { clockTime, hueOf, shortNumber } from './formatting.ts';

interface ChannelCardProps {
  readonly channel: ListedChannel;
  readonly categoryName: string | undefined;
  readonly now: number;
}

/** A channel in a list. */
export function ChannelCard({ channel, categoryName, now }: ChannelCardProps) {
  const { username, displayName, title, isLive, viewers, stream, thumbnailUrl, categoryId } = channel;
  return (
    <article class="card">
      <div class="picture">
        <Picture url={thumbnailUrl} name={username} />
        {isLive && (
          <div class="corner">
            <span class="badge live">Live</span>
            {stream !== null && (
              <span class="overPicture" title="Live for">
                {clockTime(now - Date.parse(stream.startedAt))}
              </span>
            )}
          </div>
        )}
        {viewers !== null && (
          <div class="corner bottom">
            <span class="overPicture">
              {shortNumber(viewers)} {viewers === 1 ? 'viewer' : 'viewers'}
            </span>
          </div>
        )}
      </div>
      <div class="about">
        <Avatar name={username} />
        <div class="lines">
          <h3 class="title">
            <Link href={`/c/${username}`} title={title}>
              <bdi>{title}</bdi>
            </Link>
          </h3>
          <div class="by">
            <bdi>{displayName ?? username}</bdi>
          </div>
          {categoryName !== undefined && (
            <div class="facts">
              <Link href={`/categories/${categoryId}`}>{categoryName}</Link>
            </div>
          )}
        </div>
      </div>
    </article>
  );
}

/** The thumbnail, or a picture in the color of the channel where there is none or it cannot be loaded. */
export function Picture({ url, name }: { readonly url: string | null; readonly name: string }) {
  const [failed, setFailed] = useState<string | null>(null);
  const hue = hueOf(name);
  return (
    <>
      <svg class="art" viewBox="0 0 160 90" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
        <rect width="160" height="90" fill={`hsl(${hue} 42% 24%)`} />
        <circle cx="122" cy="20" r="58" fill={`hsl(${(hue + 40) % 360} 52% 34%)`} />
        <circle cx="34" cy="86" r="48" fill={`hsl(${(hue + 320) % 360} 46% 30%)`} />
      </svg>
      {url !== null && failed !== url && (
        <img src={url} alt="" loading="lazy" decoding="async" onError={() => setFailed(url)} />
      )}
    </>
  );
}

const skeletons = Array.from({ length: 12 }, (_, index) => index);

/** Cards of the size of the real ones, while these are loading. */
export function SkeletonCards() {
  return (
    <div class="cards" role="status" aria-label="Loading">
      {skeletons.map(index => (
        <div class="card skeletonCard" key={index}>
          <div class="picture skeleton" />
          <div class="about">
            <div class="circle skeleton" />
            <div class="lines">
              <div class="line skeleton" />
              <div class="line skeleton" />
              <div class="line skeleton" />
            </div>
          </div>
        </div>
      ))}
    </div>
  );
}
