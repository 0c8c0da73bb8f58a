import { hueOf } from './formatting.ts';

interface AvatarProps {
  readonly name: string;
  readonly url?: string | null | undefined;
  readonly size?: number;
}

/** The picture of a user, or the first letter of the name on a color of its own. The name is always beside it. */
export function Avatar({ name, url, size = 40 }: AvatarProps) {
  if (url)
    return <img class="avatar" src={url} alt="" width={size} height={size} loading="lazy" decoding="async" />;
  const [letter = '?'] = name.toUpperCase();
  return (
    <svg class="avatar" width={size} height={size} viewBox="0 0 40 40" aria-hidden="true">
      <rect width="40" height="40" fill={`hsl(${hueOf(name)} 48% 42%)`} />
      <text x="20" y="20" dy="0.36em" text-anchor="middle" font-size="18">
        {letter}
      </text>
    </svg>
  );
}
