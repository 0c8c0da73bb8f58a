import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type Reason, type ReasonParameters, reasons } from '../../../domain/errors.ts';
import type { HttpEnv } from './context.ts';

/**
 * Every kind of problem this API answers with. A kind is the stable part of a problem's `type`,
 * `urn:problem-type:<kind>`: what a client decides by. Titles and details are for people and may change.
 */
export const problemKinds = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'invalid-cursor': { status: 400, title: 'The cursor is not one of this list' },
  unauthenticated: { status: 401, title: 'Who asks is not known' },
  forbidden: { status: 403, title: 'This is not yours' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  conflict: { status: 409, title: 'The state of things does not allow it' },
  'idempotency-key-in-use': { status: 409, title: 'The first request with this key is under way' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not of a type that is taken' },
  'invalid-values': { status: 422, title: 'Some values are not valid' },
  'idempotency-key-reused': { status: 422, title: 'This key was given with another request' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The URL and the headers are too large' },
  'internal-error': { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Unavailable for a moment' },
} as const;
export type ProblemKind = keyof typeof problemKinds;

const fieldErrorSchema = z
  .object({
    in: z
      .enum(['query', 'header', 'body'])
      .openapi({ description: 'The part of the request the field is in.' }),
    field: z.string(),
    message: z.string(),
  })
  .openapi('FieldError');
export type FieldError = z.infer<typeof fieldErrorSchema>;

function reasonsOf(): string {
  const lists = Object.entries(reasons).map(
    ([kind, of]) => `${kind}: ${of.map(reason => `\`${reason}\``).join(', ')}`,
  );
  return `The cause, where the type has several. Branch on it: its meaning does not change. ${lists.join('; ')}.`;
}

/** A problem document (RFC 9457). */
export const problemSchema = z
  .object({
    type: z
      .enum(Object.keys(problemKinds).map(kind => `urn:problem-type:${kind}`))
      .openapi({ description: 'The kind of problem. Decide by this: it does not change.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: 'What is wrong with this request, for a person.' }),
    reason: z
      .enum([...new Set(Object.values(reasons).flat())].toSorted())
      .optional()
      .openapi({ description: reasonsOf() }),
    parameters: z
      .strictObject({
        until: z.iso.datetime().optional().openapi({ description: 'When the cause ends.' }),
        limit: z.int().optional().openapi({ description: 'The number that was exceeded.' }),
        field: z
          .string()
          .optional()
          .openapi({ description: 'The field or header that the reason is about.' }),
      })
      .optional()
      .openapi({ description: 'Values of the `reason`, for a sentence in the language of the reader.' }),
    instance: z.string().openapi({ description: 'Names this one answer; the logs know it by the same id.' }),
    errors: z.array(fieldErrorSchema).optional().openapi({ description: 'Every invalid value, on a 422.' }),
  })
  .openapi('Problem', {
    example: {
      type: 'urn:problem-type:invalid-values',
      title: 'Some values are not valid',
      status: 422,
      detail: 'limit: must be a whole number from 1 to 100',
      instance: 'urn:request:JKJaXmPLvHcESHA%3D',
      errors: [{ in: 'query', field: 'limit', message: 'must be a whole number from 1 to 100' }],
    },
  });

export interface Problem {
  readonly kind: ProblemKind;
  readonly detail: string;
  readonly reason?: Reason | undefined;
  readonly parameters?: ReasonParameters | undefined;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** `problem` as the document that answers the request `requestId`, and the headers of every such answer. */
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

/** Answers with `problem`, which no cache keeps. */
export function problemResponse(c: Context<HttpEnv>, problem: Problem): Response {
  const { status, body, headers } = problemDocument(problem, c.get('requestId'));
  return c.body(body, status, { ...problem.headers, ...headers });
}
