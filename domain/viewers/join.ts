import type { Networks } from '../../model/rateLimit.ts';
import { seedMarkOf } from '../../model/row.ts';
import { usernameKeyOf } from '../../model/username.ts';
import type { Database } from '../../store/database.ts';
import { incrementCount } from '../../store/rateLimits.ts';
import type { CountedCaller, Limit } from '../accounts/rateLimit.ts';
import { ConflictError } from '../errors.ts';
import type { ReadAudience } from './audience.ts';
import { weightOf, weightOfViewer } from './panel.ts';
import type { ViewerClaims, ViewerTokens } from './viewerTokens.ts';

export interface JoinDependencies {
  readonly tokens: ViewerTokens;
  readonly audience: ReadAudience;
  /** Limits how often a caller joins. */
  readonly limit: Limit;
  readonly countJoin: CountJoin;
  /** How many guests of one stream are counted from one network. */
  readonly viewersPerNetwork: number;
  readonly clock: () => Date;
  /** Returns that many random bytes that cannot be guessed. */
  readonly random: (bytes: number) => Uint8Array;
}

/** A viewer to count, and the stream. */
export interface NewViewer {
  readonly username: string;
  readonly streamId: string;
  /** The id of a signed-in viewer. A user counts as one viewer on any number of screens. */
  readonly userId: string | undefined;
  /** The caller whose joins are limited together. */
  readonly caller: CountedCaller;
  /** The networks of the request, as far as the server knows them. */
  readonly networks: Networks;
}

/**
 * How long a token is valid. It contains the state at that time: that the stream is open, and for how many
 * viewers one report counts. Some tokens are valid up to one minute longer, so that viewers who joined
 * together do not renew together.
 */
const TOKEN_MS = 5 * 60_000;
const SPREAD_MS = 60_000;

/** How long after the join a token can be renewed. After this time its viewer joins as a new viewer. */
const RENEWABLE_MS = 24 * 3600_000;

/** Counts a viewer who joins a stream from a network, and returns the count. One database request. */
export type CountJoin = (streamId: string, network: string) => Promise<number>;

export function joinCounter(
  database: Database<'rateLimits'>,
  tokens: Pick<ViewerTokens, 'pseudonym'>,
  clock: () => Date,
): CountJoin {
  return async (streamId, network) => {
    const id = `viewers#${streamId}#${await tokens.pseudonym('network', streamId, network)}`;
    const now = clock();
    return incrementCount(database, id, new Date(now.getTime() + RENEWABLE_MS), now);
  };
}

/** A viewer who may be counted now. */
export interface JoinedViewer {
  readonly claims: ViewerClaims;
  /** Whether the viewer watches the stream for the first time, as far as the server can tell. */
  readonly isNew: boolean;
}

/**
 * Creates a viewer of a stream, or renews a viewer whose token has expired. Renewals do not count towards any
 * limit. One database request for a known viewer (that of `ReadAudience`), and one more to count a new
 * viewer.
 *
 * The guests of one network share `viewersPerNetwork` ids, which are assigned in turn. So one network is
 * never counted as more viewers, however many tokens it collects; if more viewers watch from it, later
 * viewers share the ids of earlier ones. Users beyond that number share these ids too. A viewer who shares an id is
 * not a new one.
 *
 * @param before the claims of the expired token
 * @throws NotFoundError when the channel or the stream does not exist
 * @throws ConflictError when the stream has ended
 * @throws TooManyRequestsError when too many viewers joined from this network
 */
export async function join(
  dependencies: JoinDependencies,
  viewer: NewViewer,
  before: ViewerClaims | undefined,
): Promise<JoinedViewer> {
  const { audience, limit, clock, random } = dependencies;
  const { username, streamId, caller } = viewer;
  const now = clock().getTime();
  const known = before !== undefined && now - before.joinedAt < RENEWABLE_MS ? before : undefined;
  if (known === undefined) await limit('postMetrics', caller);
  const { channelId, stream, viewers } = await audience(username, streamId);
  if (stream.isOpen === undefined) throw new ConflictError('stream-over', 'the stream is over');
  const { viewerId, isNew } =
    known === undefined ? await newViewer(dependencies, viewer) : { viewerId: known.viewerId, isNew: false };
  const [spread = 0] = random(1);
  const claims = {
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
  return { claims, isNew };
}

async function newViewer(
  { tokens, countJoin, viewersPerNetwork }: JoinDependencies,
  { streamId, userId, networks }: NewViewer,
): Promise<{ readonly viewerId: string; readonly isNew: boolean }> {
  const network = networks.site ?? networks.address;
  const joined = await countJoin(streamId, network);
  const isNew = joined <= viewersPerNetwork;
  const viewerId = await (userId !== undefined && isNew
    ? tokens.pseudonym('user', streamId, userId)
    : tokens.pseudonym('guest', streamId, network, String(joined % viewersPerNetwork)));
  return { viewerId, isNew };
}
