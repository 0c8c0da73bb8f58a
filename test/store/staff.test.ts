import { expect, test } from '@jest/globals';
import { beginDeletion } from '../../store/userDeletion.ts';
import { getUser, setStaff } from '../../store/users.ts';
import { putAccount } from '../support/accounts.ts';
import { useDatabase } from '../support/database.ts';
import { putRows } from '../support/rows.ts';

const database = useDatabase();
const now = '2026-01-15T10:00:00.000Z';
const later = '2026-01-15T11:00:00.000Z';

test('a name that its user gave up between the two requests of make staff gives nobody the role', async () => {
  const { user } = await putAccount(database(), 'renamed');
  const row = { userId: user.id, createdAt: now, updatedAt: now };
  // What the first request reads just before the rename.
  await putRows(database(), 'usernames', [{ usernameKey: 'earlier', ...row }]);
  expect(await setStaff(database(), 'earlier', true, now)).toBeUndefined();
  expect(await getUser(database(), user.id)).toEqual(user);
});

test('a user who is being deleted gets no role, and can lose it', async () => {
  const { user } = await putAccount(database(), 'leaving');
  expect(await setStaff(database(), 'leaving', true, now)).toMatchObject({ staffSince: now });
  expect(await setStaff(database(), 'Leaving', true, later)).toMatchObject({ staffSince: now });
  await putRows(database(), 'users', [{ ...user, status: 'deleting' }]);
  expect(await setStaff(database(), 'leaving', true, later)).toBeUndefined();
  expect((await getUser(database(), user.id))?.staffSince).toBeUndefined();
  await putRows(database(), 'users', [{ ...user, status: 'deleting', staffSince: now }]);
  expect((await setStaff(database(), 'leaving', false, later))?.staffSince).toBeUndefined();
});

test('a deletion that read the user before the role was taken does not write the role back', async () => {
  await putAccount(database(), 'closing');
  const staff = await setStaff(database(), 'closing', true, now);
  if (staff === undefined) throw new Error('there is no user');
  await setStaff(database(), 'closing', false, later);
  const session = { id: 'sign-in', userId: staff.id, passwordVersion: 0 };
  await putRows(database(), 'sessions', [session]);
  expect(await beginDeletion(database(), staff, session, later)).toBe('conflict');
  expect((await getUser(database(), staff.id))?.staffSince).toBeUndefined();
});
