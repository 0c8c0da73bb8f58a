import type { Budget } from '../ivs/budget.ts';
import { IvsQuotaError } from '../ivs/errors.ts';
import type { StreamKey, UserResources } from '../ivs/ports.ts';
import { type Channel, marked } from '../model/channel.ts';
import { addMs, toTimestamp } from '../model/time.ts';
import { signInGoesOn } from '../store/accounts.ts';
import { getChannel, putChannel, writeChannel } from '../store/channels.ts';
import { retryOnConflict } from '../store/conflicts.ts';
import type { Database } from '../store/database.ts';
import { transact } from '../store/transaction.ts';
import { type ProvenCaller, requireRecentProof, requireSignIn, signInOver } from './accounts/stepUp.ts';
import { BusyError, ConflictError, NotFoundError } from './errors.ts';
import { ofChannel } from './ivsAnswers.ts';

// The invariant: the key on a channel's row is one that IVS has, or there is none on the row and one is being made.
// IVS takes one key a channel, so the old one must go before the new one comes. In this order, and each step may be
// the last that is done:
// 1. take the key off the row, and a lease on its replacing, in one write
// 2. delete the key at IVS: the old one, and any that somebody made who did not live to record it
// 3. make a key
// 4. put it on the row, if the lease is still ours, and give the lease back
// A caller's sign-in holds 1 and 4 as a condition, and the password was proved recently at 1. No sign-in that has ended
// replaces a key or is told one. Without a sign-in 4 is done all the same, and nobody is told.
// From 1 to 4 the row is in `pendingIndex`, so whoever looks there goes on at 2 as soon as the lease is over.

export interface StreamKeyDependencies {
  readonly database: Database<'channels'>;
  readonly resources: Pick<UserResources, 'createStreamKey' | 'deleteStreamKey' | 'listStreamKeys'>;
  readonly clock: () => Date;
  /** A new id at each call. */
  readonly newId: () => string;
}

export type OwnStreamKeyDependencies = StreamKeyDependencies & {
  readonly database: Database<'channels' | 'users' | 'sessions'>;
};

/** Writes a changed channel. */
type Write = (before: Channel, after: Channel) => Promise<'written' | 'conflict' | 'over'>;

/** What a broadcaster's encoder needs. */
export interface Ingest {
  /** The host. */
  readonly endpoint: string;
  readonly streamKey: string;
}

/** The time that one replacing may be given. */
export const REPLACE_BUDGET_MS = 10_000;

// Many times what a replacing takes, so a holder whose lease is over is gone, not slow: a slow one could delete the
// key of whoever came next.
const LEASE_MS = 120_000;

const RETRY_AFTER_SECONDS = 5;

/**
 * Where to broadcast to, and with which key. Two database requests.
 *
 * @throws BusyError while the key is being replaced
 * @throws NotFoundError when the channel is gone
 * @throws UnauthenticatedError when the caller's sign-in is over
 */
export async function getIngest(
  database: Database<'channels' | 'users' | 'sessions'>,
  caller: ProvenCaller,
): Promise<Ingest> {
  const channel = await getChannel(database, caller.channelId);
  // After the key was read: it may have been replaced because of what ended the sign-in.
  await requireSignIn(database, caller);
  if (channel === undefined) throw new NotFoundError('channel');
  if (channel.streamKey === undefined)
    throw new BusyError('stream-key-changing', 'the stream key is being replaced', RETRY_AFTER_SECONDS);
  return { endpoint: channel.ingestEndpoint, streamKey: channel.streamKey };
}

/**
 * Gives a channel a new stream key; the old one is good for nothing from then on, but for a broadcast that is under
 * way with it. Also finishes a replacing that was interrupted.
 *
 * @throws ConflictError while another request is doing it
 * @throws BusyError when IVS is busy: the old key is gone, and the same request, or the schedule, goes on
 * @throws NotFoundError when the channel is gone
 * @throws UnauthenticatedError when the caller's sign-in is over; ForbiddenError when the proof has become too old
 */
export async function replaceStreamKey(
  dependencies: OwnStreamKeyDependencies,
  caller: ProvenCaller,
  budget: Budget,
): Promise<Ingest> {
  const { database, clock } = dependencies;
  const lease = dependencies.newId();
  const write = writeSignedIn(database, caller);
  const start: Write = async (before, after) => {
    requireRecentProof(caller, clock());
    const outcome = await write(before, after);
    if (outcome === 'over') throw signInOver();
    return outcome;
  };
  const channel = await takeOff(dependencies, caller.channelId, lease, start, () => true);
  if (channel === undefined) throw new NotFoundError('channel');
  return replaceTaken(dependencies, channel, lease, write, budget);
}

/** Writes while the caller's sign-in goes on. */
function writeSignedIn(
  database: OwnStreamKeyDependencies['database'],
  { user, session }: ProvenCaller,
): Write {
  return async (before, after) => {
    const result = await transact(database, [
      putChannel(database, before, after),
      ...signInGoesOn(database, user, session),
    ]);
    if (result.committed) return 'written';
    return result.failed.includes(0) ? 'conflict' : 'over';
  };
}

const writeUnasked =
  (database: Database<'channels'>): Write =>
  async (before, after) =>
    (await writeChannel(database, before, after)) ? 'written' : 'conflict';

/**
 * Finishes a replacing that was interrupted, if there is one and nobody is at it. A key that is there by now stays:
 * its owner may just have been told of it.
 *
 * @throws ConflictError | BusyError | NotFoundError as `replaceStreamKey`
 */
export async function finishStreamKey(
  dependencies: StreamKeyDependencies,
  channelId: string,
  budget: Budget,
): Promise<void> {
  const lease = dependencies.newId();
  const isMissing = ({ streamKey }: Channel) => streamKey === undefined;
  const write = writeUnasked(dependencies.database);
  const channel = await takeOff(dependencies, channelId, lease, write, isMissing);
  if (channel !== undefined) await replaceTaken(dependencies, channel, lease, write, budget);
}

async function replaceTaken(
  dependencies: StreamKeyDependencies,
  channel: Channel,
  lease: string,
  write: Write,
  budget: Budget,
): Promise<Ingest> {
  let key: StreamKey;
  try {
    key = await ofChannel(makeKey(dependencies, channel, lease, budget));
  } catch (error) {
    // So that the next try need not wait for the lease to run out. It does so by itself if this fails as well, and
    // what failed first is what the caller has to know.
    await giveBack(dependencies, channel.id, lease).catch(() => undefined);
    throw error;
  }
  await putOn(dependencies, channel.id, lease, key, write);
  return { endpoint: channel.ingestEndpoint, streamKey: key.value };
}

/** The channel with its key taken off and the lease on it; undefined if it is gone, or is not as it `must` be. */
function takeOff(
  { database, clock }: StreamKeyDependencies,
  channelId: string,
  lease: string,
  write: Write,
  must: (channel: Channel) => boolean,
): Promise<Channel | undefined> {
  return retryOnConflict(async () => {
    const channel = await getChannel(database, channelId);
    if (channel === undefined || !must(channel)) return undefined;
    const now = toTimestamp(clock());
    // Ours: it was written, and the answer was lost on the way.
    if (channel.keyLease?.id === lease) return channel;
    if (channel.keyLease !== undefined && channel.keyLease.until > now)
      throw keyChanging('another request is replacing the stream key');
    const keyLease = { id: lease, until: addMs(now, LEASE_MS) };
    const taken = marked({ ...channel, streamKey: undefined, keyLease, updatedAt: now });
    return (await write(channel, taken)) === 'written' ? taken : 'conflict';
  });
}

async function makeKey(
  { database, resources }: StreamKeyDependencies,
  { id, arn, streamKeyArn }: Channel,
  lease: string,
  budget: Budget,
): Promise<StreamKey> {
  if (streamKeyArn !== undefined) await resources.deleteStreamKey(streamKeyArn, budget);
  try {
    return await resources.createStreamKey(arn, budget);
  } catch (error) {
    if (!(error instanceof IvsQuotaError)) throw error;
  }
  // The channel has a key that is on no row: it was made, and not recorded.
  const unknown = await resources.listStreamKeys(arn, budget);
  if ((await getChannel(database, id))?.keyLease?.id !== lease) throw overtaken();
  for (const key of unknown) await resources.deleteStreamKey(key, budget);
  return resources.createStreamKey(arn, budget);
}

function putOn(
  { database, clock, resources }: StreamKeyDependencies,
  channelId: string,
  lease: string,
  key: StreamKey,
  write: Write,
): Promise<void> {
  return retryOnConflict(async () => {
    const channel = await getChannel(database, channelId);
    // Written, and the answer was lost on the way.
    if (channel?.streamKeyArn === key.arn) return;
    if (channel?.keyLease?.id !== lease) {
      await resources.deleteStreamKey(key.arn);
      throw channel === undefined ? new NotFoundError('channel') : overtaken();
    }
    const after = marked({
      ...channel,
      streamKey: key.value,
      streamKeyArn: key.arn,
      keyLease: undefined,
      updatedAt: toTimestamp(clock()),
    });
    const outcome = await write(channel, after);
    if (outcome !== 'over') return outcome === 'written' ? undefined : 'conflict';
    // The channel needs the key. Whoever asked for it is not told.
    if (!(await writeChannel(database, channel, after))) return 'conflict';
    throw signInOver();
  });
}

function giveBack({ database }: StreamKeyDependencies, channelId: string, lease: string): Promise<void> {
  return retryOnConflict(async () => {
    const channel = await getChannel(database, channelId);
    if (channel?.keyLease?.id !== lease) return;
    return (await writeChannel(database, channel, { ...channel, keyLease: undefined }))
      ? undefined
      : 'conflict';
  });
}

function overtaken(): ConflictError {
  return keyChanging('another request replaced the stream key meanwhile');
}

function keyChanging(message: string): ConflictError {
  return new ConflictError('stream-key-changing', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
