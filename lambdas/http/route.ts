import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { type OperationId, routes } from '../../model/routes.ts';
import type { HttpEnv } from './context.ts';
import { type ProblemKind, problemKinds, problemSchema } from './problem.ts';

/** The query, or the path's parameters, of a route that takes none. */
export const none = z.strictObject({});

interface Definition<Params, Query, Ok> {
  readonly summary: string;
  readonly description: string;
  readonly params: Params;
  /** Strict, so that a parameter which is misspelt is refused rather than ignored. */
  readonly query: Query;
  readonly ok: { readonly description: string; readonly schema: Ok };
  /** The problems of this route, apart from those that any route may answer with. */
  readonly problems: readonly ProblemKind[];
}

/**
 * Defines the operation `id` of the HTTP API: its method and path are those of `model/routes.ts`. A definition
 * holds schemas only, so that the OpenAPI document is made without what the handlers need.
 */
export function route<
  Id extends OperationId,
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Ok extends z.ZodType,
>(id: Id, { summary, description, params, query, ok, problems }: Definition<Params, Query, Ok>) {
  const { resource, method, path }: (typeof routes)[Id] = routes[id];
  return createRoute({
    operationId: id,
    method,
    path,
    tags: [resource],
    summary,
    description,
    request: { params, query },
    responses: {
      200: {
        description: ok.description,
        headers: responseHeaders,
        content: { 'application/json': { schema: ok.schema } },
      },
      ...problemResponses([...problems, ...anyRoute]),
    },
  });
}

/** Answers requests of the route that `route` defined. */
export type HandlerOf<R extends ReturnType<typeof route>> = RouteHandler<R, HttpEnv>;

const anyRoute = ['malformed-request', 'invalid-values', 'internal-error'] as const;

/** The headers of every answer, as components of the OpenAPI document. */
export const headerComponents = {
  RequestId: { description: 'The id by which the logs know this request.', schema: { type: 'string' } },
} as const;

const responseHeaders = { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } };

type ProblemStatus = (typeof problemKinds)[ProblemKind]['status'];

/** One response for each status of `kinds`. Optional in type: handlers throw problems, they return none. */
function problemResponses(kinds: readonly ProblemKind[]) {
  const responses: Partial<Record<ProblemStatus, ReturnType<typeof problemResponse>>> = {};
  for (const status of new Set(kinds.map(kind => problemKinds[kind].status))) {
    responses[status] = problemResponse(kinds.filter(kind => problemKinds[kind].status === status));
  }
  return responses;
}

function problemResponse(kinds: readonly ProblemKind[]) {
  return {
    description: kinds.map(kind => `${problemKinds[kind].title} (\`${kind}\`)`).join('; '),
    headers: responseHeaders,
    content: { 'application/problem+json': { schema: problemSchema } },
  };
}
