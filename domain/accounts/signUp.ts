import type { Budget } from '../../ivs/budget.ts';
import { IvsBusyError, IvsQuotaError } from '../../ivs/errors.ts';
import { present } from '../../model/row.ts';
import { addMs, toTimestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import { usernameKeyOf } from '../../model/username.ts';
import type { Database } from '../../store/database.ts';
import {
  activateUser,
  type CreatingUser,
  isCreating,
  type OwnedRows,
  recordMade,
  releaseLease,
  reserveUser,
  takeLease,
} from '../../store/userCreation.ts';
import { getName } from '../../store/usernames.ts';
import { getUser } from '../../store/users.ts';
import { BusyError, ConflictError } from '../errors.ts';
import { quotaFull } from '../ivsAnswers.ts';
import type { Lockout } from './lockout.ts';
import { requireUncommonPassword } from './newPassword.ts';
import type { PasswordHasher } from './passwords.ts';
import { type CreatableResources, ownedRows, type ResourceStep, resourceSteps } from './resources.ts';

export interface SignUpDependencies {
  readonly database: Database<'users' | 'usernames' | 'channels' | 'chatRooms' | 'stages'>;
  readonly resources: CreatableResources;
  readonly passwords: Pick<PasswordHasher, 'hash' | 'verify'>;
  readonly lockout: Lockout;
  readonly clock: () => Date;
  /** Creates a new user id. */
  readonly newUserId: () => string;
}

/** A user who can sign in, and the rows of their resources. */
export interface NewUser extends OwnedRows {
  readonly user: User;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** The network that the request came from. */
  readonly network: string;
}

/**
 * How long one request owns the creation of a user. Longer than any request runs, so that a running request
 * is not overtaken. A failed request ends its lease at once.
 */
export const LEASE_MS = 30_000;

// IVS accepts 5 calls per second of each operation, which is enough for 5 sign-ups per second. After this
// time the concurrent sign-ups have finished.
const RETRY_AFTER_SECONDS = 5;

/**
 * Creates a user with a channel, a chat room and a stage, or resumes an interrupted creation after its last
 * recorded step. Resuming requires the password of the first request.
 *
 * A resource that was created but could not be recorded is deleted if it is certain that it is not recorded.
 * Otherwise (no answer, or the process ended) the sweeper finds it by its tags.
 *
 * @throws ConflictError when the name is taken, or kept for a user who gave it up, or when another request is
 * creating the same user
 * @throws BusyError when IVS throttles calls until `budget` is used up, or when the account has reached its
 * quota of channels, rooms or stages. The same request resumes the creation later.
 * @throws TooManyRequestsError after too many wrong passwords for a user whose creation was interrupted
 * @throws RefusedValuesError when the password is common or contains the name
 */
export function signUp(
  dependencies: SignUpDependencies,
): (credentials: Credentials, budget: Budget) => Promise<NewUser> {
  const steps = resourceSteps(dependencies.resources);
  return async (credentials, budget) => {
    await requireUncommonPassword(credentials.password, credentials.username);
    const begun = await begin(dependencies, credentials);
    const held = { user: begun };
    try {
      for (const step of steps) held.user = await ensure(dependencies, step, held.user, budget);
    } catch (error) {
      if (error instanceof LeaseLostError) throw inProgress();
      // If this write fails too, the lease expires. The caller gets the first error.
      await releaseLease(dependencies.database, held.user, now(dependencies)).catch(() => undefined);
      if (error instanceof IvsBusyError) throw busy(error);
      if (error instanceof IvsQuotaError) throw quotaFull(error);
      throw error;
    }
    return activate(dependencies, held.user);
  };
}

/** Another request has taken over the lease. */
class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

const taken = () => new ConflictError('username-taken', 'the username is taken');
const inProgress = () =>
  new ConflictError('sign-up-in-progress', 'another request is creating this user; try again later', {
    retryAfterSeconds: LEASE_MS / 1000,
  });
const busy = (cause: Error) =>
  new BusyError(
    'ivs-busy',
    'too many users are being created: send the same request again to continue',
    RETRY_AFTER_SECONDS,
    {
      cause,
    },
  );

const now = ({ clock }: SignUpDependencies) => toTimestamp(clock());

/** Returns the user whose creation this request owns. */
async function begin(dependencies: SignUpDependencies, credentials: Credentials): Promise<CreatingUser> {
  const { database } = dependencies;
  const existing = await userNamed(dependencies, credentials.username);
  if (existing !== undefined) return resume(dependencies, credentials, existing);

  const user = await newUser(dependencies, credentials);
  if (await reserveUser(database, user)) return user;
  const other = await userNamed(dependencies, credentials.username);
  // The name was released in between, so the next try can get it.
  if (other === undefined) throw inProgress();
  // The row was written: an answer was lost, and the SDK sent the request again.
  return other.id === user.id && isCreating(other) ? other : resume(dependencies, credentials, other);
}

/**
 * Reads the user who has a name.
 *
 * @throws ConflictError when a user gave the name up and it is still kept for them
 */
async function userNamed(dependencies: SignUpDependencies, username: string): Promise<User | undefined> {
  const { database } = dependencies;
  const name = await getName(database, username, now(dependencies));
  if (name?.heldUntil !== undefined) throw taken();
  return name === undefined ? undefined : getUser(database, name.userId);
}

async function newUser(
  dependencies: SignUpDependencies,
  { username, password }: Credentials,
): Promise<CreatingUser> {
  const passwordHash = await dependencies.passwords.hash(password);
  const createdAt = now(dependencies);
  return {
    id: dependencies.newUserId(),
    username,
    usernameKey: usernameKeyOf(username),
    passwordHash,
    status: 'creating',
    pending: present,
    leaseUntil: addMs(createdAt, LEASE_MS),
    version: 1,
    createdAt,
    updatedAt: createdAt,
  };
}

/**
 * Resumes a sign-up for a request with its password. With any other password the name counts as taken.
 *
 * Invariant: a wrong password counts as a guess at the account, as in a sign-in, and is compared only after
 * it was counted. While another request has the lease, no password is compared.
 */
async function resume(
  dependencies: SignUpDependencies,
  { password, network }: Credentials,
  user: User,
): Promise<CreatingUser> {
  if (!isCreating(user) || user.passwordHash === undefined) throw taken();
  const time = now(dependencies);
  if (user.leaseUntil !== undefined && user.leaseUntil > time) throw inProgress();
  const guess = await dependencies.lockout.take({ userId: user.id }, { kind: 'network', id: network });
  if (!(await dependencies.passwords.verify(password, user.passwordHash))) throw taken();
  await guess.wasRight();
  const ours = await takeLease(dependencies.database, user, addMs(time, LEASE_MS), time);
  if (ours === undefined) throw inProgress();
  return ours;
}

/** Creates one of the user's resources, unless it is recorded. */
async function ensure(
  dependencies: SignUpDependencies,
  step: ResourceStep,
  user: CreatingUser,
  budget: Budget,
): Promise<CreatingUser> {
  if (step.recorded(user) !== undefined) return user;
  const made = await step.make({ userId: user.id, name: user.username }, budget);
  const recorded = await recordMade(dependencies.database, user, made, now(dependencies));
  if (recorded !== undefined) return recorded;

  const arn = step.recorded({ ...user, ...made });
  const current = await getUser(dependencies.database, user.id);
  // The resource is recorded: the answer was lost, and the SDK sent the write again.
  if (current !== undefined && isCreating(current) && step.recorded(current) === arn) return current;
  // Another request has created or will create its own resource. If the deletion fails, the sweeper deletes
  // this one.
  if (arn !== undefined) await step.remove(arn, budget).catch(() => undefined);
  throw new LeaseLostError();
}

async function activate(dependencies: SignUpDependencies, user: CreatingUser): Promise<NewUser> {
  const time = now(dependencies);
  const rows = ownedRows(user, time);
  const active = await activateUser(dependencies.database, user, rows, time);
  if (active === undefined) throw inProgress();
  return { user: active, ...rows };
}
