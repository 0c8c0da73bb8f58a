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
import { getUser, userByName } from '../../store/users.ts';
import { BusyError, ConflictError } from '../errors.ts';
import { quotaFull } from '../ivsAnswers.ts';
import type { Lockout } from './lockout.ts';
import type { PasswordHasher } from './passwords.ts';
import { type MakingResources, ownedRows, type ResourceStep, resourceSteps } from './resources.ts';

export interface SignUpDependencies {
  readonly database: Database<'users' | 'usernames' | 'channels' | 'chatRooms' | 'stages'>;
  readonly resources: MakingResources;
  readonly passwords: Pick<PasswordHasher, 'hash' | 'verify'>;
  readonly lockout: Lockout;
  readonly clock: () => Date;
  /** An id that no user has. */
  readonly newUserId: () => string;
}

/** A user who can sign in, and what is theirs. */
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
 * How long one request has the creating to itself. Longer than any request lives, so that one which is still at work
 * is not overtaken; a request that fails gives it back at once.
 */
export const LEASE_MS = 30_000;

// IVS allows as many calls in a second as one sign-up in five needs; by then others' are through.
const RETRY_AFTER_SECONDS = 5;

/**
 * Creates a user with a channel, a chat room and a stage, or goes on with creating one that was interrupted: whoever
 * knows its password finishes it, from the step after the last one that was recorded.
 *
 * A resource that was made and could not be recorded is deleted where that is certain; where it is not (no answer, the
 * process ended), its tags tell the sweeper.
 *
 * @throws ConflictError when the name is somebody's, or when another request is creating the same user
 * @throws BusyError when IVS takes no more calls for as long as `budget` has time, or when the account has as many
 *   channels, rooms or stages as IVS allows; the same request goes on later
 * @throws TooManyRequestsError after too many wrong passwords for a user who is half created
 */
export function signUp(
  dependencies: SignUpDependencies,
): (credentials: Credentials, budget: Budget) => Promise<NewUser> {
  const steps = resourceSteps(dependencies.resources);
  return async (credentials, budget) => {
    const begun = await begin(dependencies, credentials);
    const held = { user: begun };
    try {
      for (const step of steps) held.user = await ensure(dependencies, step, held.user, budget);
    } catch (error) {
      if (error instanceof LeaseLostError) throw underWay();
      // If this fails too, the lease ends by itself; what went wrong first is what is told.
      await releaseLease(dependencies.database, held.user, now(dependencies)).catch(() => undefined);
      if (error instanceof IvsBusyError) throw busy(error);
      if (error instanceof IvsQuotaError) throw quotaFull(error);
      throw error;
    }
    return activate(dependencies, held.user);
  };
}

/** Another request has taken over. */
class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

const taken = () => new ConflictError('username-taken', 'the username is taken');
const underWay = () =>
  new ConflictError('sign-up-in-progress', 'another request is creating this user; try again later', {
    retryAfterSeconds: LEASE_MS / 1000,
  });
const busy = (cause: Error) =>
  new BusyError(
    'ivs-busy',
    'too many users are being created; the same request goes on with this one',
    RETRY_AFTER_SECONDS,
    {
      cause,
    },
  );

const now = ({ clock }: SignUpDependencies) => toTimestamp(clock());

/** A user who is being created, in this request's hands. */
async function begin(dependencies: SignUpDependencies, credentials: Credentials): Promise<CreatingUser> {
  const { database } = dependencies;
  const existing = await userByName(database, credentials.username);
  if (existing !== undefined) return resume(dependencies, credentials, existing);

  const user = await newUser(dependencies, credentials);
  if (await reserveUser(database, user)) return user;
  const other = await userByName(database, credentials.username);
  // It was there for a moment only: gone again, the next try has the name.
  if (other === undefined) throw underWay();
  // Written after all: an answer that was lost on the way, and the request sent again.
  return other.id === user.id && isCreating(other) ? other : resume(dependencies, credentials, other);
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
 * Continues a sign-up for a request with its password. For any other password the name is taken.
 *
 * The invariant: a wrong password here counts as a guess at the same account as one in a sign-in, and is compared only
 * after it was counted. While another request has the lease, no password is compared.
 */
async function resume(
  dependencies: SignUpDependencies,
  { password, network }: Credentials,
  user: User,
): Promise<CreatingUser> {
  if (!isCreating(user) || user.passwordHash === undefined) throw taken();
  const time = now(dependencies);
  if (user.leaseUntil !== undefined && user.leaseUntil > time) throw underWay();
  const guess = await dependencies.lockout.take({ userId: user.id }, { kind: 'network', id: network });
  if (!(await dependencies.passwords.verify(password, user.passwordHash))) throw taken();
  await guess.wasRight();
  const ours = await takeLease(dependencies.database, user, addMs(time, LEASE_MS), time);
  if (ours === undefined) throw underWay();
  return ours;
}

/** Makes one of the user's resources, unless it is on record. */
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
  // On record after all: the answer was lost, and the write sent again.
  if (current !== undefined && isCreating(current) && step.recorded(current) === arn) return current;
  // Another request has its own, or will make it. If this fails, the sweeper finds what is left.
  if (arn !== undefined) await step.remove(arn, budget).catch(() => undefined);
  throw new LeaseLostError();
}

async function activate(dependencies: SignUpDependencies, user: CreatingUser): Promise<NewUser> {
  const time = now(dependencies);
  const rows = ownedRows(user, time);
  const active = await activateUser(dependencies.database, user, rows, time);
  if (active === undefined) throw underWay();
  return { user: active, ...rows };
}
