import type { Accounts } from '../../../domain/accounts/accounts.ts';
import { type DeletionDependencies, deleteAccount } from '../../../domain/accounts/deletion.ts';
import { getProfile, getPublicUser } from '../../../domain/accounts/profile.ts';
import { type ProfileChangeDependencies, profileChange } from '../../../domain/accounts/profileChange.ts';
import { editPublicProfile } from '../../../domain/accounts/publicProfile.ts';
import { type SignUpDependencies, signUp } from '../../../domain/accounts/signUp.ts';
import type { Budget } from '../../../ivs/budget.ts';
import type { StageControl, UserResources } from '../../../ivs/ports.ts';
import { resourceApp } from '../http/app.ts';
import { callerOf } from '../http/auth.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import { reviewTexts } from '../http/reviewedText.ts';
import type {
  createUserOperation,
  deleteMeOperation,
  getMeOperation,
  getUserOperation,
  updateMeOperation,
  updateProfileOperation,
} from './answers.ts';
import { createUser } from './createUser.ts';
import { deleteUser } from './deleteUser.ts';
import { shapeProfile, shapeShown } from './profileShape.ts';
import {
  createUserRoute,
  deleteMeRoute,
  getMeRoute,
  getUserRoute,
  updateMeRoute,
  updateProfileRoute,
} from './routes.ts';
import { updateMe } from './updateMe.ts';

export interface UsersDependencies extends Omit<Accounts, 'signIn'> {
  readonly guards: Guards;
  readonly database: SignUpDependencies['database'] &
    ProfileChangeDependencies['database'] &
    DeletionDependencies['database'];
  readonly resources: Omit<UserResources, 'list'>;
  readonly stages: Pick<StageControl, 'disconnect'>;
  /** The WebSocket URL that chat clients connect to. */
  readonly chatEndpoint: string;
  /** The base URL of recordings and images, without a slash at the end. */
  readonly recordingsUrl: string;
  readonly bucket: DeletionDependencies['bucket'];
  readonly clock: () => Date;
  /** Returns the given number of cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** Overrides how long a deletion waits for IVS, in tests. */
  readonly timeFor?: (ms: number) => Budget;
}

// User ids appear in URLs and logs. With 128 random bits, two users never get the same id.
const USER_ID_BYTES = 16;

export function usersApp({ guards, random, timeFor, ...dependencies }: UsersDependencies): HttpApp {
  const { database, sessions, chatEndpoint, recordingsUrl } = dependencies;
  const urls = { chatEndpoint, recordingsUrl };
  const newUserId = () => Buffer.from(random(USER_ID_BYTES)).toString('hex');
  const app = resourceApp(guards);
  app.handle<typeof createUserOperation>(
    createUserRoute,
    createUser(signUp({ ...dependencies, newUserId }), sessions),
  );
  app.handle<typeof getMeOperation>(getMeRoute, async c =>
    c.json(shapeProfile(await getProfile(database, callerOf(c)), urls), 200),
  );
  app.handle<typeof getUserOperation>(getUserRoute, async c => {
    const user = await getPublicUser(database, c.req.valid('param').userId);
    const { id, username, createdAt, channelId } = user;
    return c.json(
      { id, username, ...shapeShown(user, recordingsUrl), createdAt, channel: { id: channelId, username } },
      200,
    );
  });
  app.handle<typeof updateMeOperation>(updateMeRoute, updateMe(profileChange(dependencies), urls));
  app.handle<typeof updateProfileOperation>(updateProfileRoute, async c => {
    const { displayName, bio, ...other } = c.req.valid('json');
    await reviewTexts({ displayName, bio });
    const profile = await editPublicProfile(dependencies, callerOf(c), { displayName, bio, ...other });
    return c.json(shapeShown(profile, recordingsUrl), 200);
  });
  app.handle<typeof deleteMeOperation>(deleteMeRoute, deleteUser(deleteAccount(dependencies), timeFor));
  return app;
}
