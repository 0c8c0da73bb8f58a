import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { Avatar } from './avatar.tsx';
import { hueOf } from './formatting.ts';

interface CardProps {
  readonly href: string;
  readonly title: string;
  readonly pictureUrl: string | null;
  /** Whose card it is: gives the color of what has no picture. */
  readonly owner: {
    readonly username: string;
    readonly displayName?: string | null;
    readonly avatarUrl?: string | null;
  };
  /** The level of the title's heading: one below that of the list. */
  readonly level?: 'h2' | 'h3';
  readonly over?: ComponentChildren;
  readonly underPicture?: ComponentChildren;
  readonly facts?: ComponentChildren;
}

/** A card of a list: a picture, whose it is, a title, and facts. */
export function Card({ href, title, pictureUrl, owner, level: Heading = 'h2', ...slots }: CardProps) {
  const { over, underPicture, facts } = slots;
  const { username, displayName, avatarUrl } = owner;
  return (
    <article class="card">
      <div class="picture">
        <Picture url={pictureUrl} name={username} />
        {over !== undefined && <div class="corner">{over}</div>}
        {underPicture !== undefined && <div class="corner bottom">{underPicture}</div>}
      </div>
      <div class="about">
        <Avatar name={displayName ?? username} url={avatarUrl} />
        <div class="lines">
          <Heading class="title">
            <Link href={href} title={title}>
              <bdi>{title}</bdi>
            </Link>
          </Heading>
          <div class="by">
            <bdi>{displayName ?? username}</bdi>
          </div>
          {facts !== undefined && <div class="facts">{facts}</div>}
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
