import { type EditDependencies, editStream } from '../../../domain/ownChannel.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/route.ts';
import { shapeStream } from '../streams/shape.ts';
import type { updateStreamRoute } from './routes.ts';

export function updateStream(
  dependencies: EditDependencies,
  recordingsUrl: string,
): HandlerOf<typeof updateStreamRoute> {
  return async c => {
    const edited = await editStream(dependencies, callerOf(c), c.req.valid('param'), c.req.valid('json'));
    return c.json(shapeStream(edited, recordingsUrl), 200);
  };
}
