import type { Networks } from '../../model/rateLimit.ts';
import { seedMarkOf } from '../../model/row.ts';
import { usernameKeyOf } from '../../model/username.ts';
import type { Database } from '../../store/database.ts';
import { countOne } from '../../store/rateLimits.ts';
import type { CountedCaller, Limit } from '../accounts/rateLimit.ts';
import { ConflictError } from '../errors.ts';
import type { ReadAudience } from './audience.ts';
import { weightOf, weightOfViewer } from './panel.ts';
import type { ViewerClaims, ViewerTokens } from './viewerTokens.ts';

export interface JoinDependencies {
  readonly tokens: ViewerTokens;
  readonly audience: ReadAudience;
  /** Limits how often somebody joins. */
  readonly limit: Limit;
  readonly countJoin: CountJoin;
  /** How many guests of one stream are counted from one network. */
  readonly viewersPerNetwork: number;
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
  /** Whose joins are limited together. */
  readonly caller: CountedCaller;
  /** The networks that the request came from, as far as the server knows. */
  readonly networks: Networks;
}

/**
 * How long a token holds, and with it what it was given for: that the stream is open, and for how many viewers one
 * counts. So that those who came together do not renew together, some hold up to a minute longer.
 */
const TOKEN_MS = 5 * 60_000;
const SPREAD_MS = 60_000;

/** A token that is older than a day since its viewer joined counts for nothing: who has it joins anew. */
const RENEWABLE_MS = 24 * 3600_000;

/** Counts one more viewer who joined a stream from a network, and gives the count. One database request. */
export type CountJoin = (streamId: string, network: string) => Promise<number>;

export function joinCounter(
  database: Database<'rateLimits'>,
  tokens: Pick<ViewerTokens, 'pseudonym'>,
  clock: () => Date,
): CountJoin {
  return async (streamId, network) => {
    const id = `viewers#${streamId}#${await tokens.pseudonym('network', streamId, network)}`;
    const now = clock();
    return countOne(database, id, new Date(now.getTime() + RENEWABLE_MS), now);
  };
}

/**
 * Makes a viewer of a stream, or makes one go on whose token has expired: that one is known, and no limit counts it.
 * One database request for who is known, which is that of `ReadAudience`, and one more to count who is not.
 *
 * The guests of one network share `viewersPerNetwork` ids, which they are given in turn. So one network cannot be counted
 * for more, however many tokens it collects; where more people watch from it, the later ones are counted as one with
 * earlier ones. Users beyond that number share these ids too.
 *
 * @param before what the expired token said.
 * @throws NotFoundError when there is no such channel, or no such stream
 * @throws ConflictError when the stream is over
 * @throws TooManyRequestsError when too many joined from there
 */
export async function join(
  dependencies: JoinDependencies,
  viewer: NewViewer,
  before: ViewerClaims | undefined,
): Promise<ViewerClaims> {
  const { audience, limit, clock, random } = dependencies;
  const { username, streamId, caller } = viewer;
  const now = clock().getTime();
  const known = before !== undefined && now - before.joinedAt < RENEWABLE_MS ? before : undefined;
  if (known === undefined) await limit('postMetrics', caller);
  const { channelId, stream, viewers } = await audience(username, streamId);
  if (stream.isOpen === undefined) throw new ConflictError('stream-over', 'the stream is over');
  const viewerId = known?.viewerId ?? (await newViewerId(dependencies, viewer));
  const [spread = 0] = random(1);
  return {
    viewerId,
    channelId,
    streamId,
    usernameKey: usernameKeyOf(username),
    weight: weightOfViewer(viewerId, weightOf(viewers)),
    ...(known?.countedMinute === undefined ? {} : { countedMinute: known.countedMinute }),
    joinedAt: known?.joinedAt ?? now,
    expiresAt: now + TOKEN_MS + Math.floor((spread / 256) * SPREAD_MS),
    ...seedMarkOf(stream),
  };
}

async function newViewerId(
  { tokens, countJoin, viewersPerNetwork }: JoinDependencies,
  { streamId, userId, networks }: NewViewer,
): Promise<string> {
  const network = networks.site ?? networks.address;
  const joined = await countJoin(streamId, network);
  if (userId !== undefined && joined <= viewersPerNetwork) return tokens.pseudonym('user', streamId, userId);
  return tokens.pseudonym('guest', streamId, network, String(joined % viewersPerNetwork));
}
