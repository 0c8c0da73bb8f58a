import { seedMarkOf } from '../../model/row.ts';
import { usernameKeyOf } from '../../model/username.ts';
import type { Limit } from '../accounts/rateLimit.ts';
import { ConflictError } from '../errors.ts';
import type { ReadAudience } from './audience.ts';
import { weightOf, weightOfViewer } from './panel.ts';
import type { ViewerClaims, ViewerTokens } from './viewerTokens.ts';

export interface JoinDependencies {
  readonly tokens: ViewerTokens;
  readonly audience: ReadAudience;
  /** Counts who joins. */
  readonly limit: Limit;
  readonly clock: () => Date;
  /** Gives that many bytes, unguessable. */
  readonly random: (bytes: number) => Uint8Array;
}

/** Who is to be counted, and where. */
export interface NewViewer {
  readonly username: string;
  readonly streamId: string;
  /** Who watches, if they are signed in: then they are one viewer, on however many screens. */
  readonly userId: string | undefined;
  /** The name under which joins are limited. */
  readonly callerKey: string;
}

/**
 * How long a token holds, and with it what it was given for: that the stream is open, and for how many viewers one
 * counts. So that those who came together do not renew together, some hold up to a minute longer.
 */
export const TOKEN_MS = 5 * 60_000;
const SPREAD_MS = 60_000;

/** A token that is older than a day since its viewer joined counts for nothing: who has it joins anew. */
const RENEWABLE_MS = 24 * 3600_000;

// 128 bits, as the pseudonyms have.
const ID_BYTES = 16;

/**
 * Makes a viewer of a stream, or makes one go on whose token has expired: that one is known, and no limit counts it.
 * One database request for who is known, which is that of `ReadAudience`, and one more to count who is not.
 *
 * @param before what the expired token said.
 * @throws NotFoundError when there is no such channel, or no such stream
 * @throws ConflictError when the stream is over
 * @throws TooManyRequestsError when too many joined from there
 */
export async function join(
  { tokens, audience, limit, clock, random }: JoinDependencies,
  { username, streamId, userId, callerKey }: NewViewer,
  before: ViewerClaims | undefined,
): Promise<ViewerClaims> {
  const now = clock().getTime();
  const known = before !== undefined && now - before.joinedAt < RENEWABLE_MS ? before : undefined;
  if (known === undefined) await limit('postMetrics', callerKey);
  const { channelId, stream, viewers } = await audience(username, streamId);
  if (stream.isOpen === undefined) throw new ConflictError('stream-over', 'the stream is over');
  const bytes = random(ID_BYTES);
  const viewerId =
    userId === undefined
      ? (known?.viewerId ?? Buffer.from(bytes).toString('base64url'))
      : await tokens.pseudonym('user', streamId, userId);
  return {
    viewerId,
    channelId,
    streamId,
    usernameKey: usernameKeyOf(username),
    weight: weightOfViewer(viewerId, weightOf(viewers)),
    ...(known?.countedMinute === undefined ? {} : { countedMinute: known.countedMinute }),
    joinedAt: known?.joinedAt ?? now,
    expiresAt: now + TOKEN_MS + Math.floor(((bytes[0] ?? 0) / 256) * SPREAD_MS),
    ...seedMarkOf(stream),
  };
}
