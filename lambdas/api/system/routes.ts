import { none, route } from '../http/route.ts';

export const getHealthRoute = route('getHealth', {
  params: none,
  query: none,
  auth: 'none',
});

export const getOpenApiRoute = route('getOpenApi', {
  params: none,
  query: none,
  auth: 'none',
  // The document changes only with a deployment.
  cache: { cdn: 300, browser: 300 },
});
