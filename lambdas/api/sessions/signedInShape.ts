import type { SignedIn } from '../../../domain/accounts/sessions.ts';
import type { SignedInBody } from './answers.ts';

/** Converts a sign-in to the form that the API returns. */
export function shapeSignedIn({
  user,
  accessToken,
  refreshToken,
  deviceToken,
  expiresIn,
}: SignedIn): SignedInBody {
  const { id, username, channelId, createdAt } = user;
  return { user: { id, username, channelId, createdAt }, accessToken, refreshToken, deviceToken, expiresIn };
}
