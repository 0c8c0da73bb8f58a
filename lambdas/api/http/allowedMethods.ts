import { type RouteSpec, routes } from '../../../model/routes.ts';

const patterns = Object.values<RouteSpec>(routes).map(({ method, path }) => ({
  method: method.toUpperCase(),
  path: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/**
 * The methods that some route takes at `path`, none where there is no route. It knows the routes of every
 * resource, so the function that API Gateway sends unmatched requests to answers for all.
 */
export function allowedMethods(path: string): string[] {
  const taken = patterns.filter(pattern => pattern.path.test(path)).map(({ method }) => method);
  if (taken.length === 0) return [];
  return [...new Set([...taken, ...(taken.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])];
}

/** Every method of the API, for the preflight of any path. */
export const allMethods: string[] = [...new Set([...patterns.map(({ method }) => method), 'HEAD'])];
