import type { MiddlewareHandler } from 'hono';
import { type Named, NotFoundError } from '../../../domain/errors.ts';
import { type RouteSpec, routes } from '../../../model/routes.ts';
import type { HttpEnv } from './context.ts';
import type { Route } from './route.ts';

/** Returns the current name of the user who had the name before; undefined when it is no former name. */
export type NewNameOf = (username: string) => Promise<string | undefined>;

/** The parameters of paths that name a user or a channel. */
const nameParameters: readonly string[] = ['{username}', '{bannedUsername}', '{moderatorUsername}'];
const foundByName: readonly Named[] = ['channel', 'user'];

/** Returns whether the path of a route names a user or a channel. */
export function hasName({ id }: Pick<Route, 'id'>): boolean {
  return segmentsOf(id).some(segment => nameParameters.includes(segment));
}

/**
 * Answers 308 with the same path under the new name when nothing has the name in the path and it is a former
 * name. The method and the body stay the same (RFC 9110 section 15.4.9). The database is asked only after a
 * request has found nothing.
 */
export function redirectFormerNames({ id }: Route, newNameOf: NewNameOf): MiddlewareHandler<HttpEnv> {
  const places = segmentsOf(id).flatMap((segment, place) =>
    nameParameters.includes(segment) ? [place] : [],
  );
  return async (c, next) => {
    await next();
    if (!(c.error instanceof NotFoundError) || !foundByName.includes(c.error.what)) return;
    const { pathname, search } = new URL(c.req.url);
    const segments = pathname.split('/');
    for (const place of places) {
      const newName = await newNameOf(decodeURIComponent(segments[place] ?? ''));
      if (newName === undefined) continue;
      // Relative, because the client may see the API below another path: a stage or a base path mapping.
      const up = '../'.repeat(segments.length - 1 - place);
      const Location = `${up}${segments.with(place, newName).slice(place).join('/')}${search}`;
      c.res = new Response(null, { status: 308, headers: { Location } });
      return;
    }
  };
}

function segmentsOf(id: Route['id']): string[] {
  const { path }: RouteSpec = routes[id];
  return path.split('/');
}
