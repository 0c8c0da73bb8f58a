import { getProfile } from '../../../domain/accounts/profile.ts';
import type { Database } from '../../../store/database.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/route.ts';
import { shapeProfile } from './profileShape.ts';
import type { getMeRoute } from './routes.ts';

export function getMe(
  database: Database<'users' | 'channels' | 'chatRooms' | 'stages'>,
  chatEndpoint: string,
): HandlerOf<typeof getMeRoute> {
  return async c => c.json(shapeProfile(await getProfile(database, callerOf(c)), chatEndpoint), 200);
}
