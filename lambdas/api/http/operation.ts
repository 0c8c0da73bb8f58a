import { createRoute, type RouteConfig, type RouteHandler, z } from '@hono/zod-openapi';
import { type RouteSpec, routes } from '../../../model/routes.ts';
import { classicObject } from './classicSchema.ts';
import type { HttpEnv } from './context.ts';
import { hasName } from './formerNames.ts';
import { type ProblemKind, problemKinds } from './problem.ts';
import { problemSchema } from './problemSchema.ts';
import { refreshTokenHeaders } from './refreshCookie.ts';
import { type AuthMode, idempotencyHeaders, isOfSignIn, type Route } from './route.ts';

type Status = 200 | 201 | 202 | 204;

interface Answer<Schema> {
  readonly description: string;
  /** If it is omitted, the response has no body. */
  readonly schema?: Schema;
}

/** What the OpenAPI document says about a route, in addition to what it accepts. */
interface Definition<S, Schema, Later> {
  readonly summary: string;
  readonly description: string;
  /** The success response. Its default status is 200. */
  readonly ok: Answer<Schema> & { readonly status?: S };
  /** Success responses with other statuses. */
  readonly also?: Later;
  /** The problems of this route, in addition to those that follow from what it accepts. */
  readonly problems: readonly ProblemKind[];
}

/** The security scheme of the OpenAPI document. */
export const securityScheme = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'The `accessToken` from a sign-up, a sign-in or a refresh.',
} as const;

const bearer: Record<string, string[]> = { bearerAuth: [] };

/** Returns the OpenAPI security requirement for `who`. */
function securityOf(who: AuthMode): Record<string, string[]>[] {
  if (who === 'none') return [];
  return who === 'user' ? [bearer] : [{}, bearer];
}

/** Returns the schema of the headers that belong to a route, or undefined when it has none. */
function requestHeadersOf(route: Route) {
  const headers = {
    ...(route.idempotent ? classicObject(idempotencyHeaders).shape : {}),
    ...(isOfSignIn(route) ? classicObject(refreshTokenHeaders).shape : {}),
  };
  return Object.keys(headers).length === 0 ? undefined : z.object(headers);
}

/** Returns the marks in the document of what OpenAPI has no words for. */
function marksOf({ countsItself, maxBodyBytes, stepUp, answersSignIn, cost }: Route) {
  return {
    ...(countsItself ? { 'x-counts-itself': true } : {}),
    ...(maxBodyBytes === undefined ? {} : { 'x-max-body-bytes': maxBodyBytes }),
    ...(stepUp ? { 'x-step-up': stepUp } : {}),
    ...(answersSignIn ? { 'x-answers-sign-in': true } : {}),
    ...(cost === 'expensive' ? { 'x-expensive': true } : {}),
  };
}

function stepUpText(takesPassword: boolean): string {
  const body = takesPassword ? ', or with `currentPassword` in the body' : '';
  return (
    'The sign-in of the access token must be active, and the password must have been confirmed within ' +
    `the last five minutes: by the sign-in itself, with \`POST /v1/sessions/step-up\`${body}. Otherwise ` +
    'the response is a 401, or a 403 with the reason `step-up-required`.'
  );
}

/**
 * Describes a route for the OpenAPI document: its texts and its answers. The functions do not load this part,
 * except its types: handlers are checked against the answers.
 */
export function operation<
  R extends Route,
  S extends Status = 200,
  Schema extends z.ZodType | undefined = undefined,
  Later extends { readonly 202?: Answer<z.ZodType> } = Record<never, never>,
>(accepts: R, definition: Definition<S, Schema, Later>) {
  const { id, params, query, body, auth, stepUp }: Route = accepts;
  const { summary, description, ok, also, problems } = definition;
  const { resource, method, path }: RouteSpec = routes[id];
  const headers = requestHeadersOf(accepts);
  const config = createRoute({
    operationId: id,
    method,
    path,
    tags: [resource],
    summary,
    description: description + (stepUp ? stepUpText('currentPassword' in (body?.shape ?? {})) : ''),
    security: securityOf(auth),
    ...marksOf(accepts),
    request: {
      params: classicObject(params),
      query: classicObject(query),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body: jsonBody(classicObject(body)) }),
    },
    responses: {
      // The compiler cannot infer a type that depends on a type parameter.
      ...(answers({ ...also, [ok.status ?? 200]: ok }, accepts) as Answers<
        { [status in S]: Answer<Schema> } & Later
      >),
      ...(accepts.cache === undefined ? {} : { 304: notModified }),
      ...(hasName(accepts) ? { 308: renamed } : {}),
      ...problemResponses([...problems, ...implied(accepts)], accepts),
    },
  });
  return { accepts, config };
}

/** An operation that `operation` described. */
export interface Operation {
  readonly accepts: Route;
  readonly config: RouteConfig;
}

/** The handler type of an operation. */
export type HandlerOf<O extends Operation> = RouteHandler<O['config'], HttpEnv, Values<O['accepts']>, string>;

/** The values of a request that `validValues` has parsed. */
interface Values<R extends Route> {
  readonly out: {
    readonly param: z.output<R['params']>;
    readonly query: z.output<R['query']>;
    readonly json: z.output<NonNullable<R['body']>>;
  };
}

const jsonBody = (schema: z.ZodObject) => ({ required: true, content: { 'application/json': { schema } } });

type Answers<A> = {
  [status in keyof A]: A[status] extends { readonly schema?: infer Schema extends z.ZodType }
    ? ReturnType<typeof jsonAnswer<Schema>>
    : ReturnType<typeof emptyAnswer>;
};

function answers(declared: Readonly<Record<number, Answer<z.ZodType | undefined>>>, accepted: Route) {
  const entries = Object.entries(declared).map(([status, { description, schema }]) => [
    status,
    schema === undefined
      ? emptyAnswer(description, headersOf(Number(status), accepted))
      : jsonAnswer(description, headersOf(Number(status), accepted), schema),
  ]);
  return Object.fromEntries(entries);
}

type Headers = ReturnType<typeof headersOf>;

function jsonAnswer<Schema extends z.ZodType>(description: string, headers: Headers, schema: Schema) {
  return { description, headers, content: { 'application/json': { schema } } };
}

function emptyAnswer(description: string, headers: Headers) {
  return { description, headers };
}

/** Returns the problems that follow from what a route accepts. */
function implied(route: Route): ProblemKind[] {
  const { id, auth, body, idempotent, answersSignIn, stepUp, cost } = route;
  const { method, path }: RouteSpec = routes[id];
  return [
    'malformed-request',
    'invalid-values',
    'internal-error',
    ...(path.includes('{') ? (['not-found'] as const) : []),
    ...(auth === 'none' ? [] : (['unauthenticated', 'unavailable'] as const)),
    // For a page of another origin that asks for cookies.
    ...(stepUp || isOfSignIn(route) ? (['forbidden'] as const) : []),
    // For a stored response whose sign-in has ended.
    ...(answersSignIn && idempotent ? (['unauthenticated'] as const) : []),
    ...(method === 'get' && cost === undefined ? [] : (['too-many-requests', 'unavailable'] as const)),
    ...(body === undefined ? [] : (['payload-too-large', 'unsupported-media-type'] as const)),
    ...(idempotent ? (['idempotency-key-in-use', 'idempotency-key-reused'] as const) : []),
  ];
}

/** The headers of responses, as components of the OpenAPI document. */
export const headerComponents = {
  RequestId: {
    description: 'The id of the request. The logs contain the same id.',
    schema: { type: 'string' },
  },
  CacheControl: { description: 'How long the response may be cached.', schema: { type: 'string' } },
  ETag: {
    description:
      'Identifies this answer. Send it as `If-None-Match`; the response is a 304 while it is the same.',
    schema: { type: 'string' },
  },
  Location: {
    description: 'The same path and query with the current name, relative to the URL of the request.',
    schema: { type: 'string' },
  },
  RetryAfter: {
    description: 'The number of seconds after which the same request may succeed, if known.',
    schema: { type: 'integer' },
  },
  Authenticate: { description: 'How to authenticate (RFC 6750).', schema: { type: 'string' } },
  SetCookie: {
    description:
      'With `X-Refresh-Token: cookie`: the refresh token and the device token, or the deletion of their cookies.',
    schema: { type: 'string' },
  },
  IdempotencyReplayed: {
    description:
      '`true` when this is the stored response to an earlier request with the same `Idempotency-Key`.',
    schema: { type: 'string' },
  },
} as const;

const headerRef = (name: keyof typeof headerComponents) => ({ $ref: `#/components/headers/${name}` });
const retried: ReadonlySet<number> = new Set([202, 409, 429, 503]);

/**
 * Returns the headers of responses with `status`, except the standard headers of HTTP, CORS and browser
 * security.
 */
function headersOf(
  status: number,
  accepted: Pick<Route, 'idempotent' | 'cache' | 'answersSignIn' | 'ends'> = {},
): Record<string, { $ref: string }> {
  return {
    'X-Request-Id': headerRef('RequestId'),
    'Cache-Control': headerRef('CacheControl'),
    ...(retried.has(status) ? { 'Retry-After': headerRef('RetryAfter') } : {}),
    ...(status === 401 ? { 'WWW-Authenticate': headerRef('Authenticate') } : {}),
    ...(accepted.cache === undefined ? {} : { ETag: headerRef('ETag') }),
    ...(accepted.idempotent ? { 'Idempotency-Replayed': headerRef('IdempotencyReplayed') } : {}),
    ...(isOfSignIn(accepted) ? { 'Set-Cookie': headerRef('SetCookie') } : {}),
  };
}

const notModified = {
  description: 'The answer is still the one whose `ETag` is in `If-None-Match`.',
  headers: headersOf(304, { cache: { cdn: 0, browser: 0 } }),
};

const renamed = {
  description:
    'The name in the path is a former name of a user, who gave it up within the last 30 days. Send the same ' +
    'request to `Location`.',
  headers: { ...headersOf(308), Location: headerRef('Location') },
};

type ProblemStatus = (typeof problemKinds)[ProblemKind]['status'];

/**
 * Creates one response for each status of `kinds`. The statuses are optional in the type, because handlers
 * throw problems instead of returning them.
 */
function problemResponses(kinds: readonly ProblemKind[], { body }: Route) {
  const responses: Partial<Record<ProblemStatus, ReturnType<typeof problemResponse>>> = {};
  const distinct = [...new Set(kinds)];
  for (const status of new Set(distinct.map(kind => problemKinds[kind].status))) {
    const ofStatus = distinct.filter(kind => problemKinds[kind].status === status);
    // A refresh that is refused deletes the cookie.
    const isOver = status === 401 && 'refreshToken' in (body?.shape ?? {});
    responses[status] = problemResponse(ofStatus, status, isOver);
  }
  return responses;
}

function problemResponse(kinds: readonly ProblemKind[], status: ProblemStatus, isOver: boolean) {
  return {
    description: kinds.map(kind => `${problemKinds[kind].title} (\`${kind}\`)`).join('; '),
    headers: headersOf(status, isOver ? { ends: 'signIn' } : {}),
    content: { 'application/problem+json': { schema: problemSchema } },
  };
}

/** Creates the schema of a page of a list. */
export function listSchema<T extends z.ZodType>(name: string, item: T) {
  return z
    .object({
      items: z.array(item),
      nextCursor: z
        .string()
        .nullable()
        .openapi({
          description:
            'Send it as `cursor` to get the next page. Null at the end of the list. The last page may be ' +
            'empty.',
        }),
    })
    .openapi(name);
}
