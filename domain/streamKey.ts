import type { Budget } from '../ivs/budget.ts';
import { IvsQuotaError } from '../ivs/errors.ts';
import type { StreamKey, UserResources } from '../ivs/ports.ts';
import { type Channel, withPendingMark } from '../model/channel.ts';
import { addMs, toTimestamp } from '../model/time.ts';
import { signInIsActive } from '../store/accounts.ts';
import { getChannel, putChannel, writeChannel } from '../store/channels.ts';
import { retryOnConflict } from '../store/conflicts.ts';
import type { Database } from '../store/database.ts';
import { transact } from '../store/transaction.ts';
import { type ProvenCaller, requireRecentProof, requireSignIn, signInEnded } from './accounts/stepUp.ts';
import { BusyError, ConflictError, NotFoundError } from './errors.ts';
import { withChannelErrors } from './ivsAnswers.ts';

// Invariant: the key on a channel's row exists at IVS, or the row has no key and a new one is being created.
// IVS allows one key per channel, so the old key must be deleted before the new one is created. The steps,
// after any of which the process may end:
// 1. remove the key from the row and take a lease on the replacement, in one write
// 2. delete the key at IVS: the old one, and any key that an interrupted request created but did not record
// 3. create a key
// 4. write the key to the row, if this request still has the lease, and end the lease
// Steps 1 and 4 require as a condition that the caller's sign-in is active, and step 1 that the password was
// confirmed recently. A sign-in that has ended neither replaces a key nor receives one. If the sign-in ends
// before step 4, the key is still written but not returned. From step 1 to 4 the row is in `pendingIndex`, so
// the schedule continues at step 2 after the lease has expired.

export interface StreamKeyDependencies {
  readonly database: Database<'channels'>;
  readonly resources: Pick<UserResources, 'createStreamKey' | 'deleteStreamKey' | 'listStreamKeys'>;
  readonly clock: () => Date;
  /** Returns a new id at each call. */
  readonly newId: () => string;
}

export type OwnStreamKeyDependencies = StreamKeyDependencies & {
  readonly database: Database<'channels' | 'users' | 'sessions'>;
};

/** Writes a changed channel. `over` means that the caller's sign-in has ended. */
type Write = (before: Channel, after: Channel) => Promise<'written' | 'conflict' | 'over'>;

/** The values that a broadcaster's encoder needs. */
export interface Ingest {
  /** The ingest host. */
  readonly endpoint: string;
  readonly streamKey: string;
}

/** The time budget of one replacement, in milliseconds. */
export const REPLACE_BUDGET_MS = 10_000;

// Many times the duration of a replacement, so that an owner whose lease has expired is gone and not slow: a
// slow owner could delete the key of the next one.
const LEASE_MS = 120_000;

const RETRY_AFTER_SECONDS = 5;

/**
 * Reads the ingest host and the stream key. Two database requests.
 *
 * @throws BusyError while the key is being replaced
 * @throws NotFoundError when the channel does not exist
 * @throws UnauthenticatedError when the caller's sign-in has ended
 */
export async function getIngest(
  database: Database<'channels' | 'users' | 'sessions'>,
  caller: ProvenCaller,
): Promise<Ingest> {
  const channel = await getChannel(database, caller.channelId);
  // Checked after the key was read, because the key may have been replaced for the reason that ended the
  // sign-in.
  await requireSignIn(database, caller);
  if (channel === undefined) throw new NotFoundError('channel');
  if (channel.streamKey === undefined)
    throw new BusyError('stream-key-changing', 'the stream key is being replaced', RETRY_AFTER_SECONDS);
  return { endpoint: channel.ingestEndpoint, streamKey: channel.streamKey };
}

/**
 * Replaces a channel's stream key. The old key stops working, except for a broadcast that is running with it.
 * Also finishes an interrupted replacement.
 *
 * @throws ConflictError while another request is replacing the key
 * @throws BusyError when IVS is busy: the old key is deleted, and the same request or the schedule continues
 * @throws NotFoundError when the channel does not exist
 * @throws UnauthenticatedError when the caller's sign-in has ended
 * @throws ForbiddenError when the password was confirmed too long ago
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
    if (outcome === 'over') throw signInEnded();
    return outcome;
  };
  const channel = await removeKey(dependencies, caller.channelId, lease, start, () => true);
  if (channel === undefined) throw new NotFoundError('channel');
  return replaceRemoved(dependencies, channel, lease, write, budget);
}

/** Returns a write that requires the caller's sign-in to be active. */
function writeSignedIn(
  database: OwnStreamKeyDependencies['database'],
  { user, session }: ProvenCaller,
): Write {
  return async (before, after) => {
    const result = await transact(database, [
      putChannel(database, before, after),
      ...signInIsActive(database, user, session),
    ]);
    if (result.committed) return 'written';
    return result.failed.includes(0) ? 'conflict' : 'over';
  };
}

const writeUnconditionally =
  (database: Database<'channels'>): Write =>
  async (before, after) =>
    (await writeChannel(database, before, after)) ? 'written' : 'conflict';

/**
 * Finishes an interrupted replacement, if no other request is working on it. An existing key is kept, because
 * its owner may just have received it.
 *
 * @throws ConflictError | BusyError | NotFoundError as `replaceStreamKey` does
 */
export async function finishStreamKey(
  dependencies: StreamKeyDependencies,
  channelId: string,
  budget: Budget,
): Promise<void> {
  const lease = dependencies.newId();
  const isMissing = ({ streamKey }: Channel) => streamKey === undefined;
  const write = writeUnconditionally(dependencies.database);
  const channel = await removeKey(dependencies, channelId, lease, write, isMissing);
  if (channel !== undefined) await replaceRemoved(dependencies, channel, lease, write, budget);
}

async function replaceRemoved(
  dependencies: StreamKeyDependencies,
  channel: Channel,
  lease: string,
  write: Write,
  budget: Budget,
): Promise<Ingest> {
  let key: StreamKey;
  try {
    key = await withChannelErrors(makeKey(dependencies, channel, lease, budget));
  } catch (error) {
    // Ends the lease, so that the next try need not wait for its expiry. If this write fails too, the lease
    // expires. The caller gets the first error.
    await releaseLease(dependencies, channel.id, lease).catch(() => undefined);
    throw error;
  }
  await writeKey(dependencies, channel.id, lease, key, write);
  return { endpoint: channel.ingestEndpoint, streamKey: key.value };
}

/**
 * Removes the key from the channel's row and takes the lease.
 *
 * @returns undefined when the channel does not exist or `must` rejects it
 */
function removeKey(
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
    // The lease is this request's: the answer to its write was lost.
    if (channel.keyLease?.id === lease) return channel;
    if (channel.keyLease !== undefined && channel.keyLease.until > now)
      throw keyIsChanging('another request is replacing the stream key');
    const keyLease = { id: lease, until: addMs(now, LEASE_MS) };
    const removed = withPendingMark({ ...channel, streamKey: undefined, keyLease, updatedAt: now });
    return (await write(channel, removed)) === 'written' ? removed : 'conflict';
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
  // The channel has a key that no row contains: it was created but not recorded.
  const unknown = await resources.listStreamKeys(arn, budget);
  if ((await getChannel(database, id))?.keyLease?.id !== lease) throw leaseLost();
  for (const key of unknown) await resources.deleteStreamKey(key, budget);
  return resources.createStreamKey(arn, budget);
}

function writeKey(
  { database, clock, resources }: StreamKeyDependencies,
  channelId: string,
  lease: string,
  key: StreamKey,
  write: Write,
): Promise<void> {
  let signInIsOver = false;
  return retryOnConflict(async () => {
    const channel = await getChannel(database, channelId);
    // The key was written, and the answer was lost.
    if (channel?.streamKeyArn === key.arn) {
      if (signInIsOver) throw signInEnded();
      return;
    }
    if (channel?.keyLease?.id !== lease) {
      await resources.deleteStreamKey(key.arn);
      throw channel === undefined ? new NotFoundError('channel') : leaseLost();
    }
    const after = withPendingMark({
      ...channel,
      streamKey: key.value,
      streamKeyArn: key.arn,
      keyLease: undefined,
      updatedAt: toTimestamp(clock()),
    });
    const outcome = await write(channel, after);
    if (outcome !== 'over') return outcome === 'written' ? undefined : 'conflict';
    signInIsOver = true;
    // The channel needs the key, but the caller does not receive it.
    if (!(await writeChannel(database, channel, after))) return 'conflict';
    throw signInEnded();
  });
}

function releaseLease({ database }: StreamKeyDependencies, channelId: string, lease: string): Promise<void> {
  return retryOnConflict(async () => {
    const channel = await getChannel(database, channelId);
    if (channel?.keyLease?.id !== lease) return;
    return (await writeChannel(database, channel, { ...channel, keyLease: undefined }))
      ? undefined
      : 'conflict';
  });
}

function leaseLost(): ConflictError {
  return keyIsChanging('another request has replaced the stream key');
}

function keyIsChanging(message: string): ConflictError {
  return new ConflictError('stream-key-changing', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
