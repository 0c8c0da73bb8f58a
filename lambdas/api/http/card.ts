import type { ProfileCard } from '../../../model/profile.ts';

/** Converts what lists show of a user to the form that the API returns. */
export function shapeCard({ displayName, color }: ProfileCard) {
  return { displayName: displayName ?? null, color: color ?? null };
}
