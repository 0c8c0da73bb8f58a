import { createRoute, type RouteConfig, type RouteHandler, z } from '@hono/zod-openapi';
import { type OperationId, type RouteSpec, routes } from '../../../model/routes.ts';
import type { HttpEnv } from './context.ts';
import {
  expensiveRead,
  idempotencyHeaders,
  ownBodyLimit,
  ownLimit,
  securityOf,
  signInAnswer,
  stepUpMark,
  stepUpText,
  type Who,
  type WithStepUp,
} from './declarations.ts';
import { type ProblemKind, problemKinds, problemSchema } from './problem.ts';

/** The query or the path parameters of a route that has none. */
export const none = z.strictObject({});

type Body = z.ZodObject<z.core.$ZodLooseShape, z.core.$strict>;
type Status = 200 | 201 | 202 | 204;

interface Answer<Schema> {
  readonly description: string;
  /** If it is omitted, the response has no body. */
  readonly schema?: Schema;
}

interface Declarations<B> {
  /** See `Who`. */
  readonly auth: Who;
  /** The JSON body. It is strict: an unknown field is an error. */
  readonly body?: B;
  /** The size limit of the body in bytes, if it is higher than `MAX_BODY_BYTES`. */
  readonly maxBodyBytes?: number;
  /** The route creates something that must not be created twice, so it accepts an `Idempotency-Key`. */
  readonly idempotent?: true;
  /** The handler decides which requests count towards the rate limit. */
  readonly countsItself?: true;
  /**
   * The action cannot be undone or returns a secret, so it needs an active sign-in and a recently confirmed
   * password.
   */
  readonly stepUp?: WithStepUp;
  /** The route returns a sign-in. A response stored for an `Idempotency-Key` expires with that sign-in. */
  readonly answersSignIn?: true;
  /** A read that costs much more than others. Each request counts towards the rate limit. */
  readonly cost?: 'expensive';
}

interface Definition<Params, Query, B, S, Schema, Later> extends Declarations<B> {
  readonly summary: string;
  readonly description: string;
  readonly params: Params;
  /** Strict, so that a misspelled parameter is an error instead of being ignored. */
  readonly query: Query;
  /** The success response. Its default status is 200. */
  readonly ok: Answer<Schema> & { readonly status?: S };
  /** Success responses with other statuses. */
  readonly also?: Later;
  /** The problems of this route, in addition to those that follow from its declarations. */
  readonly problems: readonly ProblemKind[];
}

/**
 * Defines the operation `id` of the HTTP API. Its method and path come from `model/routes.ts`. A definition
 * contains only schemas, so that the OpenAPI document can be built without the handlers. `resourceApp`
 * enforces the declarations about callers, bodies and keys, so handlers do not check them.
 */
export function route<
  Id extends OperationId,
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  B extends Body | undefined = undefined,
  S extends Status = 200,
  Schema extends z.ZodType | undefined = undefined,
  Later extends { readonly 202?: Answer<z.ZodType> } = Record<never, never>,
>(id: Id, definition: Definition<Params, Query, B, S, Schema, Later>) {
  const {
    summary,
    description,
    params,
    query,
    body,
    auth,
    idempotent,
    countsItself,
    cost,
    stepUp,
    ok,
    also,
    problems,
  } = definition;
  const { resource, method, path }: (typeof routes)[Id] = routes[id];
  return createRoute({
    operationId: id,
    method,
    path,
    tags: [resource],
    summary,
    description: description + (stepUp ? stepUpText('currentPassword' in (body?.shape ?? {})) : ''),
    security: securityOf(auth),
    ...(countsItself ? ownLimit : {}),
    ...(definition.maxBodyBytes === undefined ? {} : ownBodyLimit(definition.maxBodyBytes)),
    ...(stepUp ? stepUpMark(stepUp) : {}),
    ...(definition.answersSignIn ? signInAnswer : {}),
    ...(cost === 'expensive' ? expensiveRead : {}),
    request: {
      params,
      query,
      ...(idempotent ? { headers: idempotencyHeaders } : {}),
      // The compiler cannot infer a type that depends on a type parameter.
      ...((body === undefined ? {} : { body: jsonBody(body) }) as BodyPart<B>),
    },
    responses: {
      ...(answers({ ...also, [ok.status ?? 200]: ok }, idempotent === true) as Answers<
        { [status in S]: Answer<Schema> } & Later
      >),
      ...problemResponses([...problems, ...implied(definition, routes[id])]),
    },
  });
}

/** The handler type of a route that `route` defined. */
export type HandlerOf<R extends RouteConfig> = RouteHandler<R, HttpEnv>;

type BodyPart<B> = B extends Body ? { body: ReturnType<typeof jsonBody<B>> } : Record<never, never>;

function jsonBody<B extends Body>(schema: B) {
  return { required: true, content: { 'application/json': { schema } } };
}

type Answers<A> = {
  [status in keyof A]: A[status] extends { readonly schema?: infer Schema extends z.ZodType }
    ? ReturnType<typeof jsonAnswer<Schema>>
    : ReturnType<typeof emptyAnswer>;
};

function answers(declared: Readonly<Record<number, Answer<z.ZodType | undefined>>>, isReplayable: boolean) {
  const entries = Object.entries(declared).map(([status, { description, schema }]) => [
    status,
    schema === undefined
      ? emptyAnswer(description, headersOf(Number(status), isReplayable))
      : jsonAnswer(description, headersOf(Number(status), isReplayable), schema),
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

/** Returns the problems that follow from the declarations. */
function implied(
  { auth, body, idempotent, answersSignIn, stepUp, cost }: Declarations<unknown>,
  { method, path }: RouteSpec,
): ProblemKind[] {
  return [
    'malformed-request',
    'invalid-values',
    'internal-error',
    ...(path.includes('{') ? (['not-found'] as const) : []),
    ...(auth === 'none' ? [] : (['unauthenticated', 'unavailable'] as const)),
    ...(stepUp ? (['forbidden'] as const) : []),
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
  RetryAfter: {
    description: 'The number of seconds after which the same request may succeed, if known.',
    schema: { type: 'integer' },
  },
  Authenticate: { description: 'How to authenticate (RFC 6750).', schema: { type: 'string' } },
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
function headersOf(status: number, isReplayable = false): Record<string, { $ref: string }> {
  return {
    'X-Request-Id': headerRef('RequestId'),
    'Cache-Control': headerRef('CacheControl'),
    ...(retried.has(status) ? { 'Retry-After': headerRef('RetryAfter') } : {}),
    ...(status === 401 ? { 'WWW-Authenticate': headerRef('Authenticate') } : {}),
    ...(isReplayable ? { 'Idempotency-Replayed': headerRef('IdempotencyReplayed') } : {}),
  };
}

type ProblemStatus = (typeof problemKinds)[ProblemKind]['status'];

/**
 * Creates one response for each status of `kinds`. The statuses are optional in the type, because handlers
 * throw problems instead of returning them.
 */
function problemResponses(kinds: readonly ProblemKind[]) {
  const responses: Partial<Record<ProblemStatus, ReturnType<typeof problemResponse>>> = {};
  const distinct = [...new Set(kinds)];
  for (const status of new Set(distinct.map(kind => problemKinds[kind].status))) {
    const ofStatus = distinct.filter(kind => problemKinds[kind].status === status);
    responses[status] = problemResponse(ofStatus, status);
  }
  return responses;
}

function problemResponse(kinds: readonly ProblemKind[], status: ProblemStatus) {
  return {
    description: kinds.map(kind => `${problemKinds[kind].title} (\`${kind}\`)`).join('; '),
    headers: headersOf(status),
    content: { 'application/problem+json': { schema: problemSchema } },
  };
}
