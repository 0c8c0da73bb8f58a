import { type RouteSpec, routes } from '../../../model/routes.ts';

const patterns = Object.values<RouteSpec>(routes).map(({ method, path }) => ({
  method: method.toUpperCase(),
  path: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/**
 * Returns the methods that the API accepts at `path`, or an empty list if no route has this path. It covers
 * the routes of every resource, because the function that receives API Gateway's unmatched requests answers
 * for all of them.
 */
export function allowedMethods(path: string): string[] {
  const taken = patterns.filter(pattern => pattern.path.test(path)).map(({ method }) => method);
  if (taken.length === 0) return [];
  return [...new Set([...taken, ...(taken.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])];
}

/** Every method of the API, for preflight requests. */
export const allMethods: string[] = [...new Set([...patterns.map(({ method }) => method), 'HEAD'])];
