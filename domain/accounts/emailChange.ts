import { emailKeyOf } from '../../model/emailAddress.ts';
import { toTimestamp } from '../../model/time.ts';
import { getUserAndSession } from '../../store/accounts.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import { freeEmail, takeEmail } from '../../store/emailAddresses.ts';
import { getCode, putCode, spendCode, takeTry } from '../../store/emailCodes.ts';
import type { Mailer } from '../../store/mailer.ts';
import { sessionIsActive } from '../../store/sessions.ts';
import { type TransactItem, transact } from '../../store/transaction.ts';
import { putUserChange } from '../../store/users.ts';
import { ConflictError, TooManyRequestsError } from '../errors.ts';
import { codeIdOf, codeRow, isCodeOf, newCode, wrongCode } from './emailCodes.ts';
import { addressMail, changedAddressMail } from './mails.ts';
import { isWithinMailLimits } from './rateLimit.ts';
import { isSignInOf, passwordVersionOf } from './sessions.ts';
import { type ProvenCaller, signInEnded } from './stepUp.ts';
import type { Caller } from './tokens.ts';

export interface EmailDependencies {
  readonly database: Database<'users' | 'sessions' | 'emailAddresses' | 'emailCodes' | 'rateLimits'>;
  /** Undefined when the stack sends no mail. */
  readonly mailer: Mailer | undefined;
  readonly clock: () => Date;
  /** Returns that many random bytes that cannot be guessed. */
  readonly random: (bytes: number) => Uint8Array;
}

/** The verified address of a user, and the one that waits for its code. */
export interface EmailState {
  readonly email: string | undefined;
  readonly pending: { readonly email: string; readonly expiresAt: string } | undefined;
}

/**
 * Returns the caller's address. Two database requests.
 *
 * @throws ConflictError when the stack sends no mail
 * @throws UnauthenticatedError when the caller's sign-in has ended
 */
export async function getEmail(dependencies: EmailDependencies, caller: Caller): Promise<EmailState> {
  mailerOf(dependencies);
  const { user } = await activeCaller(dependencies, caller);
  const code = await getCode(dependencies.database, codeIdOf(user.id));
  const isOpen =
    code !== undefined &&
    code.expiresAt * 1000 > dependencies.clock().getTime() &&
    code.passwordVersion === passwordVersionOf(user);
  return {
    email: user.email,
    pending: isOpen
      ? { email: code.email, expiresAt: new Date(code.expiresAt * 1000).toISOString() }
      : undefined,
  };
}

/**
 * Sends a code to an address that the caller wants to have. Nothing else changes, and the answer does not depend on whether
 * another user has the address: only its owner learns that, with the code.
 *
 * @throws TooManyRequestsError when too many codes were sent to the address
 * @throws MailError when SES does not accept the mail
 */
export async function requestEmail(
  dependencies: EmailDependencies,
  { user }: ProvenCaller,
  email: string,
): Promise<NonNullable<EmailState['pending']>> {
  const mailer = mailerOf(dependencies);
  const { database, clock, random } = dependencies;
  const now = clock();
  if (!(await isWithinMailLimits(database, now, { kind: 'address', email, network: user.id })))
    throw new TooManyRequestsError('rate-limit', 'too many codes were sent to this address', 3600);
  const code = newCode(random);
  const row = codeRow(
    { id: codeIdOf(user.id), userId: user.id, email, passwordVersion: passwordVersionOf(user) },
    code,
    now,
  );
  await putCode(database, row);
  await mailer.send(addressMail(email, user.username, code));
  return { email, expiresAt: new Date(row.expiresAt * 1000).toISOString() };
}

/**
 * Gives the caller the address to which the code was sent.
 *
 * Invariants: the address is unique among verified ones (`store/emailAddresses.ts`). It changes only after the old one was
 * told, so an interrupted request may have told it of a change that did not happen, but never the other way round. A code
 * from before the last new password does not work.
 *
 * @throws ForbiddenError when the code is wrong or no longer works
 * @throws ConflictError when another user has the address
 * @throws MailError when SES does not accept the mail to the old address; then nothing has changed
 */
export async function confirmEmail(
  dependencies: EmailDependencies,
  caller: Caller,
  entered: string,
): Promise<string> {
  const mailer = mailerOf(dependencies);
  const { database, clock } = dependencies;
  const before = await activeCaller(dependencies, caller);
  const code = await takeTry(database, codeIdOf(caller.userId), clock());
  if (code === undefined || !isCodeOf(code, entered)) throw wrongCode();
  const old = before.user.email;
  if (old !== undefined && emailKeyOf(old) !== emailKeyOf(code.email))
    await mailer.send(changedAddressMail(old, before.user.username, code.email));
  await change(dependencies, caller, code.email, old, ({ user }, now) => {
    if (code.passwordVersion !== passwordVersionOf(user)) throw wrongCode();
    return [
      { item: spendCode(database, code), failure: wrongCode },
      { item: takeEmail(database, { email: code.email, userId: user.id }, now), failure: emailTaken },
    ];
  });
  return code.email;
}

/**
 * Removes the caller's address, after it was told.
 *
 * @throws MailError when SES does not accept the mail; then nothing has changed
 */
export async function removeEmail(dependencies: EmailDependencies, caller: ProvenCaller): Promise<void> {
  const mailer = mailerOf(dependencies);
  const { email, username } = caller.user;
  if (email === undefined) return;
  await mailer.send(changedAddressMail(email, username, undefined));
  await change(dependencies, caller, undefined, email, () => []);
}

interface Part {
  readonly item: TransactItem;
  readonly failure: () => Error;
}

/** Changes the address from `old`, which was told, in one transaction with the sign-in of the caller. */
async function change(
  dependencies: EmailDependencies,
  caller: Caller,
  email: string | undefined,
  old: string | undefined,
  partsOf: (active: Awaited<ReturnType<typeof activeCaller>>, now: string) => readonly Part[],
): Promise<void> {
  const { database, clock } = dependencies;
  await retryOnConflict(async () => {
    const active = await activeCaller(dependencies, caller);
    const { user, session } = active;
    if (email === undefined && user.email === undefined) return undefined;
    // Another request has changed it, and this one has told another address.
    if (user.email !== old) throw emailChanging();
    const now = toTimestamp(clock());
    const isGivenUp = old !== undefined && (email === undefined || emailKeyOf(old) !== emailKeyOf(email));
    const parts = partsOf(active, now);
    const result = await transact(database, [
      ...parts.map(({ item }) => item),
      putUserChange(database, user, { email }, now),
      sessionIsActive(database, session),
      ...(isGivenUp ? [freeEmail(database, { email: old, userId: user.id })] : []),
    ]);
    if (result.committed) return undefined;
    // A changed row takes precedence, because it may explain the other failures.
    const failure = result.failed.some(index => index >= parts.length)
      ? undefined
      : parts[result.failed[0] ?? 0]?.failure;
    if (failure === undefined) return 'conflict';
    throw failure();
  });
}

/** @throws ConflictError when the stack sends no mail */
export function mailerOf({ mailer }: Pick<EmailDependencies, 'mailer'>): Mailer {
  if (mailer === undefined)
    throw new ConflictError('mail-not-set-up', 'this platform sends no mail: its operator has not set it up');
  return mailer;
}

async function activeCaller({ database }: Pick<EmailDependencies, 'database'>, { userId, familyId }: Caller) {
  const { user, session } = await getUserAndSession(database, userId, familyId);
  if (session === undefined || !isSignInOf(session, user)) throw signInEnded();
  return { user, session };
}

const emailTaken = () => new ConflictError('email-taken', 'another account has this address');
const emailChanging = () =>
  new ConflictError('email-changed', 'another request changed the address at the same time: try again');
