import { randomBytes } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { confirmEmail, removeEmail, requestEmail } from '../../domain/accounts/emailChange.ts';
import {
  type PasswordResetDependencies,
  requestReset,
  resetPassword,
} from '../../domain/accounts/passwordReset.ts';
import { passwordHasher } from '../../domain/accounts/passwords.ts';
import type { SignedIn } from '../../domain/accounts/sessions.ts';
import { ForbiddenError } from '../../domain/errors.ts';
import { getUser } from '../../store/users.ts';
import { cheapScrypt, movableClock, putAccount, testAccounts } from '../support/accounts.ts';
import { useDatabase } from '../support/database.ts';
import { startMailbox, type TestMailbox, waitForMail } from '../support/mailbox.ts';
import { type Interruptions, interruptionKinds, interruptions } from './signUpInterruptions.ts';

const database = useDatabase();
const { clock, forward } = movableClock();
const PASSWORD = 'correct horse battery';
const NEW_PASSWORD = 'battery staple horse';
const hasher = passwordHasher({ random: randomBytes, parameters: cheapScrypt });

let mails: TestMailbox;
let faults: Interruptions;
let accounts: ReturnType<typeof testAccounts>;
let dependencies: PasswordResetDependencies;
beforeAll(async () => {
  mails = await startMailbox(clock);
  faults = interruptions([database().client]);
  accounts = testAccounts(database(), clock);
  const { mailer } = mails;
  const logger = { warn: () => {} };
  dependencies = {
    database: database(),
    mailer,
    clock,
    random: randomBytes,
    wait: waitForMail,
    logger,
    ...accounts,
  };
});
afterAll(() => mails.stop());

let people = 0;

interface Person {
  readonly name: string;
  readonly id: string;
  readonly old: string;
  readonly next: string;
  readonly signedIn: SignedIn;
}

const proven = async ({ signedIn }: Person) =>
  accounts.stepUp.prove(await accounts.tokens.verify(signedIn.accessToken));
const caller = ({ signedIn }: Person) => accounts.tokens.verify(signedIn.accessToken);

/** A user with the address `old`, who wants the address `next`. */
async function newPerson(): Promise<Person> {
  const name = `Mia${++people}`;
  const [old, next] = [`old-${name}@example.com`, `next-${name}@example.com`];
  const { user } = await putAccount(database(), name, {
    user: { passwordHash: await hasher.hash(PASSWORD) },
  });
  const person = { name, id: user.id, old, next, signedIn: await accounts.signIn(name, PASSWORD) };
  await requestEmail(dependencies, await proven(person), old);
  await confirmEmail(dependencies, await caller(person), mails.codeFor(old));
  return person;
}

async function ownerOf(email: string): Promise<string | undefined> {
  const Key = { emailKey: email.toLowerCase() };
  const { client, names } = database();
  return (await client.send(new GetCommand({ TableName: names.emailAddresses, Key, ConsistentRead: true })))
    .Item?.['userId'];
}

/** The user's address. Fails unless the rows of both addresses agree with it. */
async function addressOf({ id, old, next }: Person): Promise<string | undefined> {
  const email = (await getUser(database(), id))?.email;
  expect([await ownerOf(old), await ownerOf(next)]).toEqual([
    email === old ? id : undefined,
    email === next ? id : undefined,
  ]);
  return email;
}

const wasTold = (address: string, subject: string) =>
  mails.mails().some(mail => mail.to === address && mail.subject === subject);
const canRefresh = (refreshToken: string) =>
  accounts.sessions.refresh(refreshToken).then(
    () => true,
    () => false,
  );
const canSignIn = (name: string, password: string) =>
  accounts.signIn(name, password).then(
    () => true,
    () => false,
  );

/** A change, and what must hold after it was interrupted and after it was tried again. */
interface Change {
  /** Prepares the change of a new person. */
  begin(): Promise<{
    readonly run: () => Promise<unknown>;
    /** Checks the invariants. Returns whether the change was made. */
    readonly isDone: () => Promise<boolean>;
  }>;
}

const changes: Readonly<Record<string, Change>> = {
  'a change of the address': {
    begin: async () => {
      const person = await newPerson();
      await requestEmail(dependencies, await proven(person), person.next);
      const code = mails.codeFor(person.next);
      const by = await caller(person);
      return {
        run: () => confirmEmail(dependencies, by, code),
        isDone: async () => {
          const email = await addressOf(person);
          if (email === person.old) return false;
          expect(email).toBe(person.next);
          expect(wasTold(person.old, 'Your e-mail address is being changed')).toBe(true);
          return true;
        },
      };
    },
  },
  'a removal of the address': {
    begin: async () => {
      const person = await newPerson();
      const by = await proven(person);
      return {
        run: () => removeEmail(dependencies, by),
        isDone: async () => {
          if ((await addressOf(person)) !== undefined) return false;
          expect(wasTold(person.old, 'Your e-mail address is being changed')).toBe(true);
          return true;
        },
      };
    },
  },
  'a new password with a code': {
    begin: async () => {
      const person = await newPerson();
      const resetId = await requestReset(dependencies, person.old, '192.0.2.1');
      const reset = { resetId, code: mails.codeFor(person.old), password: NEW_PASSWORD };
      return {
        run: () => resetPassword(dependencies, reset, {}),
        isDone: async () => {
          const isNew = await canSignIn(person.name, NEW_PASSWORD);
          expect(await canSignIn(person.name, PASSWORD)).toBe(!isNew);
          expect(await canRefresh(person.signedIn.refreshToken)).toBe(!isNew);
          if (isNew) expect(wasTold(person.old, 'Your password is being changed')).toBe(true);
          return isNew;
        },
      };
    },
  },
  'the end of all other sign-ins': {
    begin: async () => {
      const person = await newPerson();
      const others = [
        await accounts.signIn(person.name, PASSWORD),
        await accounts.signIn(person.name, PASSWORD),
      ];
      const by = await caller(person);
      return {
        run: () => accounts.endOtherSignIns(by),
        isDone: async () => {
          expect(await accounts.sessions.isGood(person.signedIn.refreshToken)).toBe(true);
          const alive = await Promise.all(
            others.map(({ refreshToken }) => accounts.sessions.isGood(refreshToken)),
          );
          expect(new Set(alive).size).toBe(1);
          return alive[0] === false;
        },
      };
    },
  },
};

describe.each(Object.entries(changes))('%s', (_, { begin }) => {
  test.each(interruptionKinds)(
    'is made wholly or not at all when it is %s at any request, and can be tried again',
    async kind => {
      const counted = await begin();
      faults.clear();
      await counted.run();
      const requests = faults.count();
      expect(await counted.isDone()).toBe(true);
      expect(requests).toBeGreaterThanOrEqual(2);
      for (let nth = 1; nth <= requests; nth++) {
        const { run, isDone } = await begin();
        faults.plan(nth, kind);
        await run().catch(() => undefined);
        expect([nth, faults.wasInterrupted()]).toEqual([nth, true]);
        faults.clear();
        const wasDone = await isDone();
        const again = await run().then(
          () => undefined,
          (error: unknown) => error,
        );
        // A code that was used does not work again.
        if (again !== undefined) expect([wasDone, again instanceof ForbiddenError]).toEqual([true, true]);
        expect([nth, await isDone()]).toEqual([nth, true]);
        forward(60);
      }
    },
  );
});
