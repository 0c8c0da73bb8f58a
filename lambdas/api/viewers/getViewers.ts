import type { ReadAudience } from '../../../domain/viewers/audience.ts';
import type { HandlerOf } from '../http/route.ts';
import type { getViewersRoute } from './routes.ts';

export function getViewers(audience: ReadAudience, clock: () => Date): HandlerOf<typeof getViewersRoute> {
  return async c => {
    const { username, streamId } = c.req.valid('param');
    const { viewers } = await audience(username, streamId);
    return c.json({ viewers, at: clock().toISOString() }, 200);
  };
}
