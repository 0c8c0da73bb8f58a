import { type RouteConfig, z } from '@hono/zod-openapi';
import { MAX_BODY_BYTES } from './jsonBody.ts';

/** Who may call a route: anyone, a user, or anyone, of whom users are told apart. */
export type Who = 'none' | 'user' | 'optional';

/** The security scheme of the OpenAPI document. */
export const securityScheme = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'The `accessToken` of a sign-up, a sign-in or a refresh.',
} as const;

const bearer: Record<string, string[]> = { bearerAuth: [] };

/** `who` as OpenAPI has it. */
export function securityOf(who: Who): Record<string, string[]>[] {
  if (who === 'none') return [];
  return who === 'user' ? [bearer] : [{}, bearer];
}

/** Long enough that nobody guesses another's, as an UUID is. A comma joins the values of a header that is given twice. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x2b\x2d-\x7e]{16,128}$/, 'must be 16 to 128 visible ASCII characters, no comma among them');

/** The header of routes that make something. */
export const idempotencyHeaders = z.object({
  'Idempotency-Key': idempotencyKey.optional().openapi({
    description:
      'A secret the client makes up for one attempt: a random UUID. Once the request has succeeded, the same request ' +
      'with the same key within 24 hours gets the same answer, with `Idempotency-Replayed: true`, and does nothing ' +
      'again. A refusal is not kept.',
    example: '6f1c2f5e-9f0b-4c0e-8a55-3f0f3b1f7c11',
  }),
});

/**
 * Marks an operation in the document whose requests are not all counted: its handler counts those that have to be,
 * with the limit of that operation.
 */
export const ownLimit = { 'x-counts-itself': true } as const;

/** Marks an operation in the document whose answer is a sign-in: a kept answer is given again only while it is good. */
export const signInAnswer = { 'x-answers-sign-in': true } as const;

/** Tells in the document how long the body of an operation may be, where it may be longer than others. */
export const ownBodyLimit = (maxBytes: number) => ({ 'x-max-body-bytes': maxBytes });

/** Marks a read in the document that costs so much that it is counted as writes are. */
export const expensiveRead = { 'x-expensive': true } as const;

/**
 * The actions that are irreversible or tell a secret. They need a living sign-in and a recent proof of the password;
 * `until-deletion` is for the deletion of the account, which may be asked for again once it has begun.
 */
export type WithStepUp = 'always' | 'until-deletion';

/** Marks an operation with a step-up in the document, and what its description says of it. */
export const stepUpMark = (when: WithStepUp) => ({ 'x-step-up': when });

export function stepUpText(takesPassword: boolean): string {
  const body = takesPassword ? ', or with `currentPassword` in the body' : '';
  return (
    ' The sign-in of the access token must go on, and the password must have been proved within five minutes: at sign-in, ' +
    `with \`POST /v1/sessions/step-up\`${body}. Otherwise the answer is a 401, or a 403 with the reason ` +
    '`step-up-required`.'
  );
}

const whenSteppedUp = z.enum(['always', 'until-deletion']).optional();

/** What a route's definition declares of its requests: the same that the document tells clients. */
export interface Declared {
  readonly who: Who;
  /** Undefined when it takes no body. */
  readonly maxBodyBytes: number | undefined;
  readonly isIdempotent: boolean;
  readonly answersSignIn: boolean;
  /** Whether each request counts towards a limit of the caller before it is handled. */
  readonly isCounted: boolean;
  readonly stepUp: WithStepUp | undefined;
}

export function declaredBy(definition: RouteConfig): Declared {
  const { security = [], request, method } = definition;
  const limit: unknown = definition['x-max-body-bytes'];
  const isExpensive = method !== 'get' || definition['x-expensive'] === true;
  return {
    who: security.length === 0 ? 'none' : security.length === 1 ? 'user' : 'optional',
    maxBodyBytes:
      request?.body === undefined ? undefined : typeof limit === 'number' ? limit : MAX_BODY_BYTES,
    isIdempotent: request?.headers === idempotencyHeaders,
    stepUp: whenSteppedUp.parse(definition['x-step-up']),
    answersSignIn: definition['x-answers-sign-in'] === true,
    isCounted: isExpensive && definition['x-counts-itself'] !== true,
  };
}
