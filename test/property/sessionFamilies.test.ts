import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { requestReset, resetPassword } from '../../domain/accounts/passwordReset.ts';
import { passwordHasher } from '../../domain/accounts/passwords.ts';
import { UnauthenticatedError } from '../../domain/errors.ts';
import { SIGN_IN_CHECK_SECONDS } from '../../model/session.ts';
import { cheapScrypt, movableClock, putAccount, testAccounts } from '../support/accounts.ts';
import { useDatabase } from '../support/database.ts';
import { startMailbox, type TestMailbox, waitForMail } from '../support/mailbox.ts';
import { putRows } from '../support/rows.ts';
import { inTurns } from '../support/turns.ts';

const database = useDatabase();
const hasher = passwordHasher({ random: randomBytes, parameters: cheapScrypt });

type Step = {
  readonly do:
    | 'signIn'
    | 'refresh'
    | 'forge'
    | 'wait'
    | 'signOut'
    | 'endOther'
    | 'endOthers'
    | 'changePassword'
    | 'reset'
    | 'resetLate';
  readonly pick: number;
};
const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(
    'signIn',
    'refresh',
    'refresh',
    'refresh',
    'refresh',
    'forge',
    'wait',
    'wait',
    'signOut',
    'endOther',
    'endOthers',
    'changePassword',
    'reset',
    'resetLate',
  ),
  pick: fc.nat(),
});

/**
 * The rules in their simplest form: a family is valid or ended, and each token is the newest or was replaced
 * at some time.
 */
interface Family {
  readonly tokens: { readonly refresh: string; readonly access: string; replacedAt?: number }[];
  isAlive: boolean;
  /** When it ended, as far as the last step shows. */
  endedAt?: number;
}

/** The token with a wrong secret. */
const forged = (token: string) => token.replace(/\..{43}\./, `.${randomBytes(32).toString('base64url')}.`);

let users = 0;
const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
let mails: TestMailbox;
beforeAll(async () => {
  mails = await startMailbox(movableClock().clock);
});
afterAll(() => mails.stop());

test('a refresh token is valid if its family has not ended, and it is the newest or was replaced within 30 seconds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async steps => {
      const name = `member${++users}`;
      const { clock, forward } = movableClock();
      const accounts = testAccounts(database(), clock);
      const resetting = {
        ...{ database: database(), mailer: mails.mailer, clock, random: randomBytes, ...accounts },
        logger: { warn: () => {} },
        wait: waitForMail,
      };
      let password = 'correct horse 0';
      const email = `${name}@example.com`;
      const { user } = await putAccount(database(), name, {
        user: { email, passwordHash: await hasher.hash(password) },
      });
      await putRows(database(), 'emailAddresses', [{ emailKey: email, userId: user.id, ...times }]);
      const families: Family[] = [];

      const signIn = async () => {
        const { refreshToken: refresh, accessToken: access } = await accounts.signIn(name, password);
        families.push({ tokens: [{ refresh, access }], isAlive: true });
      };
      /**
       * A step-up knows the end of a sign-in at once. Other routes refuse its tokens after `SIGN_IN_CHECK_SECONDS`, and
       * never one of a sign-in that has not ended.
       */
      const checkAccess = async () => {
        const now = clock().getTime();
        for (const family of families) {
          const isOver = !family.isAlive;
          if (isOver) family.endedAt ??= now;
          const caller = await accounts.tokens.verify(family.tokens.at(-1)?.access ?? '');
          const proof = await accounts.stepUp.prove(caller).catch(error => error);
          expect(proof instanceof UnauthenticatedError).toBe(isOver);
          const refusal = await accounts.checkSignIn(caller).catch(error => error);
          if (!isOver) expect(refusal).toBeUndefined();
          if (now - (family.endedAt ?? now) >= SIGN_IN_CHECK_SECONDS * 1000)
            expect(refusal).toBeInstanceOf(UnauthenticatedError);
        }
      };
      await signIn();
      for (const { do: what, pick } of steps) {
        if (what === 'signIn') {
          await signIn();
          continue;
        }
        if (what === 'wait') {
          forward([1, 29, 31, SIGN_IN_CHECK_SECONDS][pick % 4] ?? 0);
          await checkAccess();
          continue;
        }
        if (what === 'reset' || what === 'resetLate') {
          const wanted = `battery staple ${pick} ${families.length}`;
          const resetId = await requestReset(resetting, email, `network ${families.length} ${pick}`);
          const code = mails.codeFor(email);
          // Whoever changes the password meanwhile makes the code useless.
          if (what === 'resetLate') {
            const alive = families.find(one => one.isAlive)?.tokens.at(-1)?.access;
            if (alive === undefined) continue;
            const changing = { current: password, wanted: `correct horse ${families.length} ${pick}` };
            await accounts.changeProfile(await accounts.tokens.verify(alive), { password: changing });
            password = changing.wanted;
            for (const one of families) if (one.tokens.at(-1)?.access !== alive) one.isAlive = false;
          }
          const done = await resetPassword(resetting, { resetId, code, password: wanted }, {}).catch(
            () => undefined,
          );
          expect(done !== undefined).toBe(what === 'reset');
          if (done === undefined) continue;
          password = wanted;
          for (const one of families) one.isAlive = false;
          families.push({
            tokens: [{ refresh: done.refreshToken, access: done.accessToken }],
            isAlive: true,
          });
          await checkAccess();
          continue;
        }
        const family = families[pick % families.length];
        const token = family?.tokens[Math.floor(pick / families.length) % family.tokens.length];
        if (family === undefined || token === undefined) throw new Error('there is no family or no token');
        if (what === 'forge') {
          await expect(accounts.sessions.refresh(forged(token.refresh))).rejects.toThrow(
            'the refresh token is not valid',
          );
          continue;
        }
        if (what === 'refresh') {
          const now = clock().getTime();
          const successor = family.tokens[family.tokens.indexOf(token) + 1];
          const isRepeat = token.replacedAt !== undefined && now - token.replacedAt <= 30_000;
          const isGood = family.isAlive && (successor === undefined || isRepeat);
          const result = await accounts.sessions.refresh(token.refresh).catch(() => undefined);
          expect(result !== undefined).toBe(isGood);
          if (result === undefined) {
            family.isAlive = false;
            continue;
          }
          if (successor !== undefined) {
            expect(result.refreshToken).toBe(successor.refresh);
            continue;
          }
          token.replacedAt = now;
          family.tokens.push({ refresh: result.refreshToken, access: result.accessToken });
          continue;
        }
        const caller = await accounts.tokens.verify(token.access);
        if (what === 'signOut') {
          await accounts.sessions.end(caller);
          family.isAlive = false;
          continue;
        }
        if (what === 'endOther' || what === 'endOthers') {
          const target = families[(pick + 1) % families.length] ?? family;
          const id = target.tokens[0]?.refresh.split('.')[0] ?? '';
          const isDone = await (what === 'endOther'
            ? accounts.endSignIn(caller, id)
            : accounts.endOtherSignIns(caller)
          ).then(
            () => true,
            () => false,
          );
          expect(isDone).toBe(family.isAlive);
          if (!isDone) continue;
          const ended = what === 'endOther' ? [target] : families.filter(other => other !== family);
          for (const one of ended) one.isAlive = false;
          await checkAccess();
          continue;
        }
        const wanted = `correct horse ${pick} ${families.length}`;
        const changed = await accounts
          .changeProfile(caller, { password: { current: password, wanted } })
          .then(
            () => true,
            () => false,
          );
        expect(changed).toBe(family.isAlive);
        if (!changed) continue;
        password = wanted;
        for (const other of families) if (other !== family) other.isAlive = false;
      }

      for (const { tokens, isAlive } of families) {
        const newest = tokens.at(-1)?.refresh ?? '';
        const isGood = await accounts.sessions.refresh(newest).then(
          () => true,
          () => false,
        );
        expect(isGood).toBe(isAlive);
      }
    }),
    { numRuns: 25 },
  );
});

test('concurrent refreshes of one token and its successors give each token one successor, in every interleaving', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(2), { minLength: 2, maxLength: 4 }),
      fc.infiniteStream(fc.nat()),
      async (presented, picks) => {
        const name = `member${++users}`;
        const accounts = testAccounts(database(), movableClock().clock);
        await putAccount(database(), name, { user: { passwordHash: await hasher.hash('correct horse') } });
        const chain = [(await accounts.signIn(name, 'correct horse')).refreshToken];
        for (let i = 0; i < 2; i++)
          chain.push((await accounts.sessions.refresh(chain.at(-1) ?? '')).refreshToken);
        const results = await inTurns(
          database().client,
          presented.map(index => () => accounts.sessions.refresh(chain[index] ?? '')),
          picks,
        );
        const successors = presented.map((index, at) => [index, results[at]?.refreshToken] as const);
        const newest = successors.find(([index]) => index === 2)?.[1];
        for (const [index, successor] of successors) expect(successor).toBe([...chain, newest][index + 1]);
        await accounts.sessions.refresh(newest ?? chain[2] ?? '');
      },
    ),
    { numRuns: 30 },
  );
});

test('a refresh during a password change never ends the sign-in that changes it, in every interleaving', async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async picks => {
      const name = `member${++users}`;
      const accounts = testAccounts(database(), movableClock().clock);
      await putAccount(database(), name, { user: { passwordHash: await hasher.hash('correct horse') } });
      const { refreshToken, accessToken } = await accounts.signIn(name, 'correct horse');
      const caller = await accounts.tokens.verify(accessToken);
      const password = { current: 'correct horse', wanted: 'battery staple' };
      const [refreshed] = await inTurns<{ refreshToken?: string }>(
        database().client,
        [
          () => accounts.sessions.refresh(refreshToken),
          async () => {
            await accounts.changeProfile(caller, { password });
            return {};
          },
        ],
        picks,
      );
      await accounts.sessions.refresh(refreshed?.refreshToken ?? '');
    }),
    { numRuns: 15 },
  );
});
