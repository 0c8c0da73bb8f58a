import type { Context } from 'hono';
import type { Reason, ReasonParameters } from '../../../domain/errors.ts';
import type { HttpEnv } from './context.ts';

/**
 * Every kind of problem that this API returns. The kind is the stable part of a problem's `type`,
 * `urn:problem-type:<kind>`, and clients branch on it. Titles and details are for people and may change.
 */
export const problemKinds = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'invalid-cursor': { status: 400, title: 'The cursor is not valid for this list' },
  unauthenticated: { status: 401, title: 'Authentication required' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  conflict: { status: 409, title: 'Conflict with the current state' },
  'idempotency-key-in-use': {
    status: 409,
    title: 'The first request with this Idempotency-Key is still running',
  },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The content type of the body is not supported' },
  'invalid-values': { status: 422, title: 'Some values are not valid' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key was used with a different request' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The URL and the headers are too large' },
  'internal-error': { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const;
export type ProblemKind = keyof typeof problemKinds;

/** An invalid value of a request, and the part of the request that contains it. */
export interface FieldError {
  readonly in: 'query' | 'header' | 'body';
  readonly field: string;
  readonly message: string;
}

export interface Problem {
  readonly kind: ProblemKind;
  readonly detail: string;
  readonly reason?: Reason | undefined;
  readonly parameters?: ReasonParameters | undefined;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The problem of a path that leads nowhere. */
export const nothingHere: Problem = { kind: 'not-found', detail: 'there is nothing at this path' };

/** Converts `problem` to the body, status and headers that answer the request `requestId`. */
export function problemDocument({ kind, detail, reason, parameters, errors }: Problem, requestId: string) {
  const { status, title } = problemKinds[kind];
  const type = `urn:problem-type:${kind}`;
  const instance = `urn:request:${encodeURIComponent(requestId)}`;
  return {
    status,
    body: JSON.stringify({ type, title, status, detail, reason, parameters, instance, errors }),
    headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
  };
}

/** Answers with `problem`. The response is not cached. */
export function problemResponse(c: Context<HttpEnv>, problem: Problem): Response {
  const { status, body, headers } = problemDocument(problem, c.get('requestId'));
  return c.body(body, status, { ...problem.headers, ...headers });
}
