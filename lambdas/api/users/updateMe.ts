import type { ChangeProfile } from '../../../domain/accounts/profileChange.ts';
import { provenOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { updateMeOperation } from './answers.ts';
import { shapeProfile } from './profileShape.ts';

export function updateMe(
  changeProfile: ChangeProfile,
  urls: Parameters<typeof shapeProfile>[1],
): HandlerOf<typeof updateMeOperation> {
  return async c => {
    const { username, password } = c.req.valid('json');
    const profile = await changeProfile(provenOf(c), { username, password });
    return c.json(shapeProfile(profile, urls), 200);
  };
}
