import { imageUrl, type ProfileCard } from '../../../model/profile.ts';

/** Converts what lists show of a user to the form that the API returns. `baseUrl` is the one of images. */
export function shapeCard({ displayName, color, avatar }: ProfileCard, baseUrl: string) {
  return {
    displayName: displayName ?? null,
    color: color ?? null,
    avatarUrl: imageUrl(avatar, baseUrl) ?? null,
  };
}
