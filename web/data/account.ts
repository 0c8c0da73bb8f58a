import { useSyncExternalStore } from 'preact/compat';
import { api, bodyOf, session } from './api.ts';
import { queryClient } from './queryClient.ts';

// Answers for another user must not be shown, so everything that was read is forgotten, also when another tab
// signs in or out.
session.onChange(() => queryClient.clear());

let last: ReturnType<typeof session.user>;
/** Returns the same object while the user is the same, so that nothing is drawn again. */
function currentUser() {
  const user = session.user();
  if (JSON.stringify(user) !== JSON.stringify(last)) last = user;
  return last;
}

/** Returns the signed-in user, or undefined for a guest. */
export const useUser = () => useSyncExternalStore(session.onChange, currentUser);

export async function signIn(username: string, password: string): Promise<void> {
  session.start(await bodyOf(api.POST('/v1/sessions', { body: { username, password } })));
}

/** Is stored while the cookie of a sign-in that has ended in this browser is still there. */
const UNFINISHED = 'ugc-live sign-out';

/** Ends the sign-in in this browser, and at the API: as soon as it can be reached, because only it can delete the cookie. */
export async function signOut(): Promise<void> {
  try {
    await api.DELETE('/v1/sessions', {});
  } catch {
    localStorage.setItem(UNFINISHED, 'true');
  } finally {
    session.end();
  }
}

/** Ends a sign-in at the API that ended in this browser while the API could not be reached. */
async function finishSignOut(): Promise<void> {
  if (localStorage.getItem(UNFINISHED) === null) return;
  // Another sign-in has replaced the cookie.
  if (session.user() !== undefined) return localStorage.removeItem(UNFINISHED);
  const header = { 'X-Refresh-Token': 'cookie', 'Idempotency-Key': crypto.randomUUID() } as const;
  const { data, response } = await api.POST('/v1/sessions/refresh', { params: { header }, body: {} });
  if (data === undefined && response.status !== 401) return;
  if (data !== undefined)
    await api.DELETE('/v1/sessions', { headers: { Authorization: `Bearer ${data.accessToken}` } });
  localStorage.removeItem(UNFINISHED);
}

const retrySignOut = () => void finishSignOut().catch(() => undefined);
addEventListener('online', retrySignOut);
retrySignOut();

/** Creates a user. The same attempt can be repeated: its key stays the same until it has an answer. */
export async function signUp(username: string, password: string): Promise<void> {
  const attempt = JSON.stringify([username, password]);
  if (signUpKey?.attempt !== attempt) signUpKey = { attempt, key: crypto.randomUUID() };
  const params = { header: { 'Idempotency-Key': signUpKey.key } };
  session.start(await bodyOf(api.POST('/v1/users', { params, body: { username, password } })));
  signUpKey = undefined;
}

let signUpKey: { readonly attempt: string; readonly key: string } | undefined;

/** Gives the user another name. */
export async function rename(username: string, currentPassword: string): Promise<void> {
  await bodyOf(api.PATCH('/v1/users/me', { body: { username, currentPassword } }));
  await renewed();
}

/** Changes the password. All other devices are signed out. */
export async function changePassword(password: string, currentPassword: string): Promise<void> {
  await bodyOf(api.PATCH('/v1/users/me', { body: { password, currentPassword } }));
}

/** Deletes the account. The API asks for the password, because nothing brings the account back. */
export async function deleteAccount(currentPassword: string): Promise<void> {
  await bodyOf(api.POST('/v1/sessions/step-up', { body: { currentPassword } }));
  await bodyOf(api.DELETE('/v1/users/me', {}));
  session.end();
}

/** Reads the signed-in user again, after a change that the token does not contain yet. */
async function renewed(): Promise<void> {
  const token = await session.accessToken();
  if (token !== undefined) await session.renew(token);
}
