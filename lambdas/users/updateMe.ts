import type { ChangeProfile } from '../../domain/accounts/profileChange.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/route.ts';
import { shapeProfile } from './profileShape.ts';
import type { updateMeRoute } from './routes.ts';

export function updateMe(
  changeProfile: ChangeProfile,
  chatEndpoint: string,
): HandlerOf<typeof updateMeRoute> {
  return async c => {
    const { username, password: wanted, currentPassword: current } = c.req.valid('json');
    // The schema takes both or neither.
    const password = wanted === undefined || current === undefined ? undefined : { current, wanted };
    const profile = await changeProfile(callerOf(c), { username, password });
    return c.json(shapeProfile(profile, chatEndpoint), 200);
  };
}
