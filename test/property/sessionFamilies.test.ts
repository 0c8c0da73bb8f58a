import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { passwordHasher } from '../../domain/accounts/passwords.ts';
import { cheapScrypt, movableClock, putAccount, testAccounts } from '../support/accounts.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();
const hasher = passwordHasher({ random: randomBytes, parameters: cheapScrypt });

type Step = { readonly do: 'signIn' | 'refresh' | 'signOut' | 'changePassword'; readonly pick: number };
const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('signIn', 'refresh', 'refresh', 'refresh', 'signOut', 'changePassword'),
  pick: fc.nat(),
});

/** What the rules say, in the simplest form: a family is alive or not, and one of its tokens is good. */
interface Family {
  readonly tokens: { readonly refresh: string; readonly access: string }[];
  isAlive: boolean;
}

let users = 0;

test('a refresh token is good if and only if it is the newest of a family that has not been ended', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async steps => {
      const name = `member${++users}`;
      const { clock } = movableClock();
      const accounts = testAccounts(database(), clock);
      let password = 'correct horse 0';
      await putAccount(database(), name, { user: { passwordHash: await hasher.hash(password) } });
      const families: Family[] = [];

      const signIn = async () => {
        const { refreshToken: refresh, accessToken: access } = await accounts.signIn(name, password);
        families.push({ tokens: [{ refresh, access }], isAlive: true });
      };
      await signIn();
      for (const { do: what, pick } of steps) {
        if (what === 'signIn') {
          await signIn();
          continue;
        }
        const family = families[pick % families.length];
        const token = family?.tokens[Math.floor(pick / families.length) % family.tokens.length];
        if (family === undefined || token === undefined) throw new Error('there is always one');
        if (what === 'refresh') {
          const isGood = family.isAlive && token === family.tokens.at(-1);
          const result = await accounts.sessions.refresh(token.refresh).catch(() => undefined);
          expect(result !== undefined).toBe(isGood);
          if (result === undefined) family.isAlive = false;
          else family.tokens.push({ refresh: result.refreshToken, access: result.accessToken });
          continue;
        }
        const caller = await accounts.tokens.verify(token.access);
        if (what === 'signOut') {
          await accounts.sessions.end(caller);
          family.isAlive = false;
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
