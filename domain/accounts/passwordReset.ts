import { emailKeyOf } from '../../model/emailAddress.ts';
import type { EmailCode } from '../../model/emailCode.ts';
import type { Log } from '../../model/log.ts';
import { toTimestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import { userIdOfEmail } from '../../store/emailAddresses.ts';
import { putCode, spendCode, takeTry } from '../../store/emailCodes.ts';
import type { Mail, Mailer } from '../../store/mailer.ts';
import { deleteSessionsOf, type SignInOrigin } from '../../store/sessions.ts';
import { transact } from '../../store/transaction.ts';
import { getUser, putUserChange } from '../../store/users.ts';
import { type EmailDependencies, mailerOf } from './emailChange.ts';
import { codeRow, isCodeOf, newCode, wrongCode } from './emailCodes.ts';
import { resetMail, wasResetMail } from './mails.ts';
import { requireUncommonPassword } from './newPassword.ts';
import type { PasswordHasher } from './passwords.ts';
import { isWithinMailLimits } from './rateLimit.ts';
import { type ActiveUser, isActive, passwordVersionOf, type Sessions, type SignedIn } from './sessions.ts';

export interface PasswordResetDependencies extends EmailDependencies {
  readonly passwords: Pick<PasswordHasher, 'hash'>;
  readonly sessions: Pick<Sessions, 'start'>;
  readonly logger: Pick<Log, 'warn'>;
  /** Waits. Ends earlier when `signal` is aborted. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}

// SES answers in a tenth of this time. Nothing that a request does for a known address may take longer than this.
const ANSWER_AFTER_MS = 3_000;
const MAIL_WITHIN_MS = 2_500;

/** This id belongs to no user. */
const NOBODY = 'nobody';
const ID_BYTES = 16;

/**
 * Sends a code for a new password to the user who has verified `email`, if there is one. Returns the id of the request,
 * with which the code can be used.
 *
 * Invariants, so that the answer does not tell whether the address belongs to an account:
 * - For every address there are the same database requests, in the same order. For an unknown one they write a code that
 *   nobody gets.
 * - Only the mail is different, and the answer does not wait for it: it is given `ANSWER_AFTER_MS` after the request
 *   came, and the mail is given up before.
 * - A mail that SES does not accept is logged and changes nothing of the answer. The same holds for an address to which
 *   too many mails were sent.
 *
 * A code belongs to its request. So the tries and codes of others do not use up those of the owner.
 *
 * @throws ConflictError when the stack sends no mail
 */
export async function requestReset(
  dependencies: PasswordResetDependencies,
  email: string,
  network: string,
): Promise<string> {
  const mailer = mailerOf(dependencies);
  const { database, clock, random, wait } = dependencies;
  const begun = wait(ANSWER_AFTER_MS);
  const now = clock();
  const userId = await userIdOfEmail(database, email);
  const isAllowed = await isWithinMailLimits(database, now, { kind: 'reset', email, network });
  const user = await getUser(database, userId ?? NOBODY);
  const known = isAllowed && hasEmail(user, email) ? user : undefined;
  const id = Buffer.from(random(ID_BYTES)).toString('base64url');
  const code = newCode(random);
  const row = codeRow(
    {
      id,
      userId: known?.id ?? NOBODY,
      email,
      passwordVersion: known === undefined ? 0 : passwordVersionOf(known),
    },
    code,
    now,
  );
  await putCode(database, row);
  const sending =
    known === undefined
      ? undefined
      : deliver(dependencies, mailer, resetMail(known.email, known.username, code));
  await begun;
  // It has ended by now.
  await sending;
  return id;
}

/** Sends a mail within `MAIL_WITHIN_MS`. A failure is logged. */
async function deliver(
  { logger, wait }: PasswordResetDependencies,
  mailer: Mailer,
  mail: Mail,
): Promise<void> {
  const end = new AbortController();
  const sent = new AbortController();
  const sending = mailer
    .send(mail, end.signal)
    .catch((error: unknown) => logger.warn('the mail of a password reset could not be sent', { error }))
    .finally(() => sent.abort());
  // The time is up also if the client of SES does not notice.
  await Promise.race([sending, wait(MAIL_WITHIN_MS, sent.signal)]);
  end.abort();
}

/**
 * Sets a new password with the code of a mail, ends all sign-ins, and signs the user in.
 *
 * Invariants:
 * - A code works once, for 30 minutes, and is compared at most five times (`store/emailCodes.ts`).
 * - It works for the password of the time when it was sent, and while the user has the address.
 * - All sign-ins end at the instant of the new password, because they belong to the old `passwordVersion`.
 * - The password changes only after a notice was sent to the address.
 *
 * @throws ForbiddenError when the code is wrong or no longer works, also for an id that nobody has
 * @throws RefusedValuesError when the password is common or contains the username; the code still works then
 * @throws MailError when SES does not accept the notice; then nothing has changed
 */
export async function resetPassword(
  dependencies: PasswordResetDependencies,
  {
    resetId,
    code: entered,
    password,
  }: { readonly resetId: string; readonly code: string; readonly password: string },
  origin: SignInOrigin,
): Promise<SignedIn> {
  const mailer = mailerOf(dependencies);
  const { database, clock, passwords, sessions } = dependencies;
  const code = await takeTry(database, resetId, clock());
  if (code === undefined || !isCodeOf(code, entered)) throw wrongCode();
  const before = await userOf(dependencies, code);
  await requireUncommonPassword(password, before.username);
  const passwordHash = await passwords.hash(password);
  await mailer.send(wasResetMail(before.email, before.username));
  const passwordVersion = code.passwordVersion + 1;
  const changed = await retryOnConflict(async () => {
    const user = await userOf(dependencies, code);
    const { committed } = await transact(database, [
      spendCode(database, code),
      putUserChange(database, user, { passwordHash, passwordVersion }, toTimestamp(clock())),
    ]);
    // The next read shows whether the code was used or the user's row has changed otherwise.
    return committed ? { ...user, passwordHash, passwordVersion } : 'conflict';
  });
  await deleteSessionsOf(database, changed.id);
  return sessions.start(changed, origin);
}

/** Returns the user for whom a code still works. @throws ForbiddenError */
async function userOf(
  { database }: Pick<EmailDependencies, 'database'>,
  code: EmailCode,
): Promise<UserWithEmail> {
  const user = await getUser(database, code.userId);
  if (!hasEmail(user, code.email) || passwordVersionOf(user) !== code.passwordVersion) throw wrongCode();
  return user;
}

type UserWithEmail = ActiveUser & { readonly email: string };

function hasEmail(user: User | undefined, email: string): user is UserWithEmail {
  return isActive(user) && user.email !== undefined && emailKeyOf(user.email) === emailKeyOf(email);
}
