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

/** The query, or the path's parameters, of a route that takes none. */
export const none = z.strictObject({});

type Body = z.ZodObject<z.core.$ZodLooseShape, z.core.$strict>;
type Status = 200 | 201 | 202 | 204;

interface Answer<Schema> {
  readonly description: string;
  /** Left out, the answer has no body. */
  readonly schema?: Schema;
}

interface Declarations<B> {
  /** Who may call it: anyone, a user, or anyone, of whom users are told apart. */
  readonly auth: Who;
  /** The JSON body. Strict: a member that is not the caller's to set is refused, and nothing changes. */
  readonly body?: B;
  /** How long the body may be, where the longest valid one is longer than `MAX_BODY_BYTES`. */
  readonly maxBodyBytes?: number;
  /** It makes something, and made twice that would be two: it takes an `Idempotency-Key`. */
  readonly idempotent?: true;
  /** Not every request counts towards the caller's limit: the handler counts those that do. */
  readonly countsItself?: true;
  /** It is irreversible or tells a secret: it needs a living sign-in and a recent proof of the password. */
  readonly stepUp?: WithStepUp;
  /** Its answer is a sign-in: one that is kept for an `Idempotency-Key` ends with the sign-in. */
  readonly answersSignIn?: true;
  /** A read that costs much more than others: each counts towards a limit of the caller. */
  readonly cost?: 'expensive';
}

interface Definition<Params, Query, B, S, Schema, Later> extends Declarations<B> {
  readonly summary: string;
  readonly description: string;
  readonly params: Params;
  /** Strict, so that a parameter which is misspelt is refused rather than ignored. */
  readonly query: Query;
  /** The answer, of status 200 unless it names another. */
  readonly ok: Answer<Schema> & { readonly status?: S };
  /** Answers of other statuses that are no problems either. */
  readonly also?: Later;
  /** The problems of this route, apart from those that follow from what it declares. */
  readonly problems: readonly ProblemKind[];
}

/**
 * Defines the operation `id` of the HTTP API: its method and path are those of `model/routes.ts`. A definition
 * holds schemas only, so that the OpenAPI document is made without what the handlers need. What it declares of
 * callers, bodies and keys is kept by the app of `resourceApp`, which reads it here: no handler checks it.
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
      // What depends on a type parameter has to be told to the compiler.
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

/** Answers requests of the route that `route` defined. */
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

/** The problems of any route with these declarations. */
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
    // Of an answer that was kept and has ended.
    ...(answersSignIn && idempotent ? (['unauthenticated'] as const) : []),
    ...(method === 'get' && cost === undefined ? [] : (['too-many-requests', 'unavailable'] as const)),
    ...(body === undefined ? [] : (['payload-too-large', 'unsupported-media-type'] as const)),
    ...(idempotent ? (['idempotency-key-in-use', 'idempotency-key-reused'] as const) : []),
  ];
}

/** The headers of every answer, as components of the OpenAPI document. */
export const headerComponents = {
  RequestId: { description: 'The id by which the logs know this request.', schema: { type: 'string' } },
  CacheControl: { description: 'How long a cache may keep the answer.', schema: { type: 'string' } },
  RetryAfter: {
    description: 'After how many seconds the same request may succeed, where that is known.',
    schema: { type: 'integer' },
  },
  Authenticate: { description: 'How to authenticate: RFC 6750.', schema: { type: 'string' } },
  IdempotencyReplayed: {
    description: '`true` where an earlier answer to the same `Idempotency-Key` is given again.',
    schema: { type: 'string' },
  },
} as const;

const headerRef = (name: keyof typeof headerComponents) => ({ $ref: `#/components/headers/${name}` });
const retried: ReadonlySet<number> = new Set([202, 409, 429, 503]);

/** The headers that an answer of `status` may have, besides those of HTTP, of CORS and of browsers' security. */
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

/** One response for each status of `kinds`. Optional in type: handlers throw problems, they return none. */
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
