import { randomBytes, scryptSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { requireUncommonPassword } from '../../domain/accounts/newPassword.ts';
import { passwordHasher, scryptParameters } from '../../domain/accounts/passwords.ts';
import { RefusedValuesError } from '../../domain/errors.ts';
import { password, passwordToVerify } from '../../model/password.ts';
import { cheapScrypt } from '../support/accounts.ts';

const cheap = passwordHasher({ random: randomBytes, parameters: cheapScrypt });

describe('a hashed password', () => {
  test('is scrypt with its parameters and salt, as the standard defines', async () => {
    const stored = await cheap.hash('correct horse');
    const [name, N, r, p, salt = '', hash] = stored.split('$');
    expect([name, N, r, p]).toEqual(['scrypt', '2', '1', '1']);
    const derived = scryptSync('correct horse', Buffer.from(salt, 'base64url'), 32, { N: 2, r: 1, p: 1 });
    expect(hash).toBe(derived.toString('base64url'));
  });

  test('matches its own password and no other', async () => {
    const stored = await cheap.hash('correct horse');
    expect(await cheap.verify('correct horse', stored)).toBe(true);
    for (const wrong of ['correct horsf', 'correct hors', '', 'Correct horse'])
      expect(await cheap.verify(wrong, stored)).toBe(false);
  });

  test('is different each time', async () => {
    expect(await cheap.hash('correct horse')).not.toBe(await cheap.hash('correct horse'));
  });

  test.each([
    { N: 4, r: 1, p: 1 },
    { N: 2, r: 2, p: 1 },
    { N: 2, r: 1, p: 2 },
  ])('with other parameters, %j, still verifies, and is outdated', async parameters => {
    const other = passwordHasher({ random: randomBytes, parameters });
    const stored = await other.hash('correct horse');
    expect(await cheap.verify('correct horse', stored)).toBe(true);
    expect(await cheap.verify('correct horsf', stored)).toBe(false);
    expect(cheap.isOutdated(stored)).toBe(true);
    expect(other.isOutdated(stored)).toBe(false);
  });

  test('works with the parameters of production, which need 32 MiB', async () => {
    expect(128 * scryptParameters.N * scryptParameters.r).toBe(32 * 1024 * 1024);
    const real = passwordHasher({ random: randomBytes });
    const stored = await real.hash('correct horse');
    expect(stored).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(await real.verify('correct horse', stored)).toBe(true);
  });

  test('of an unknown format is an error that does not contain the hash', async () => {
    const stored = 'bcrypt$the-secret-hash';
    await expect(cheap.verify('x', stored)).rejects.toThrow('unknown format');
    await expect(cheap.verify('x', stored)).rejects.not.toThrow('the-secret-hash');
  });

  test('takes as much time to compare when there is no hash', async () => {
    const hasher = passwordHasher({ random: randomBytes, parameters: { N: 2 ** 13, r: 8, p: 1 } });
    const stored = await hasher.hash('correct horse');
    const time = async (against: string | undefined) => {
      const times: number[] = [];
      for (let run = 0; run < 7; run++) {
        const start = process.cpuUsage();
        expect(await hasher.verify('wrong', against)).toBe(false);
        const { user, system } = process.cpuUsage(start);
        times.push(user + system);
      }
      return Math.min(...times);
    };
    const ratio = (await time(undefined)) / (await time(stored));
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});

describe('a new password', () => {
  test.each(['12345678', 'pass word with spaces', '密码密码密码密码', 'x'.repeat(128), '🐎'.repeat(8)])(
    'may be %s',
    text => expect(password.safeParse(text).success).toBe(true),
  );

  test.each(['', '1234567', 'x'.repeat(129), '🐎'.repeat(7), 'x'.repeat(100_000), 12345678, null])(
    'may not be %p',
    text => expect(password.safeParse(text).success).toBe(false),
  );

  test('is the same in every Unicode form of its characters', () => {
    const composed = 'caf\u00e9-caf\u00e9';
    const decomposed = 'cafe\u0301-cafe\u0301';
    expect(password.parse(decomposed)).toBe(password.parse(composed));
    expect(passwordToVerify.parse(decomposed)).toBe(password.parse(composed));
  });
});

describe('a new password is refused', () => {
  const refusal = (text: string, username = 'Ann-Lee') =>
    requireUncommonPassword(password.parse(text), username).then(
      () => 'accepted',
      (error: unknown) => (error instanceof RefusedValuesError ? error.errors[0]?.message : error),
    );
  const common = 'is one of the most common passwords: choose another one';
  const named = 'must not contain the username';

  test.each([
    ['12345678', common],
    ['PassWord1', common],
    // The wide forms of Latin letters.
    ['ｐａｓｓｗｏｒｄ', common],
    ['my ann-lee 2026', named],
    ['ANN_LEE 2026', named],
    ['annlee2026', named],
    ['ａｎｎ－ｌｅｅ2026', named],
    ['lee ann 2026', 'accepted'],
    ['correct horse battery', 'accepted'],
  ])('%s: %s', async (text, expected) => expect(await refusal(text)).toBe(expected));

  test('not because of a short name that is part of a word', async () => {
    expect(await refusal('the a b c of it', 'a_b')).toBe('accepted');
    expect(await refusal('the a_b of it', 'a_b')).toBe(named);
  });
});
