import type { ResourceName } from './functions.ts';

export interface RouteSpec {
  readonly resource: ResourceName;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** OpenAPI and API Gateway write a parameter alike: `{username}`. */
  readonly path: `/v1/${string}`;
}

/**
 * Every route by its operation id, written once: API Gateway's routes, the Hono routes and the OpenAPI
 * document are made from it.
 */
export const routes = {
  getHealth: { resource: 'system', method: 'get', path: '/v1/health' },
  getOpenApi: { resource: 'system', method: 'get', path: '/v1/openapi.json' },
  listChannels: { resource: 'channels', method: 'get', path: '/v1/channels' },
  getChannel: { resource: 'channels', method: 'get', path: '/v1/channels/{username}' },
  listStreams: { resource: 'streams', method: 'get', path: '/v1/channels/{username}/streams' },
  getStream: { resource: 'streams', method: 'get', path: '/v1/channels/{username}/streams/{streamId}' },
  listCategories: { resource: 'categories', method: 'get', path: '/v1/categories' },
} as const satisfies Record<string, RouteSpec>;
export type OperationId = keyof typeof routes;

/** The resource that answers what no route matches, with a problem document. */
export const fallbackResource: ResourceName = 'system';
