import { type RouteConfig, z } from '@hono/zod-openapi';
import { MAX_BODY_BYTES } from './jsonBody.ts';

/**
 * Who may call a route: everyone without identification (`none`), signed-in users (`user`), or everyone, with
 * users identified (`optional`).
 */
export type Who = 'none' | 'user' | 'optional';

/** The security scheme of the OpenAPI document. */
export const securityScheme = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'The `accessToken` from a sign-up, a sign-in or a refresh.',
} as const;

const bearer: Record<string, string[]> = { bearerAuth: [] };

/** Returns the OpenAPI security requirement for `who`. */
export function securityOf(who: Who): Record<string, string[]>[] {
  if (who === 'none') return [];
  return who === 'user' ? [bearer] : [{}, bearer];
}

/**
 * At least 16 characters, so that another client's key cannot be guessed. No comma, because a comma joins the
 * values of a repeated header.
 */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x2b\x2d-\x7e]{16,128}$/, 'must be 16 to 128 visible ASCII characters without a comma');

/** The headers of routes that create a resource. */
export const idempotencyHeaders = z.object({
  'Idempotency-Key': idempotencyKey.optional().openapi({
    description:
      'A secret that the client generates for one operation, such as a random UUID. After the request ' +
      'has succeeded, the same request with the same key returns the same response for 24 hours, with ' +
      '`Idempotency-Replayed: true`, and changes nothing. Error responses are not stored.',
    example: '6f1c2f5e-9f0b-4c0e-8a55-3f0f3b1f7c11',
  }),
});

/** Marks an operation in the document whose handler decides which requests count towards the rate limit. */
export const ownLimit = { 'x-counts-itself': true } as const;

/**
 * Marks an operation in the document that returns a sign-in. A stored response is replayed only while that
 * sign-in is valid.
 */
export const signInAnswer = { 'x-answers-sign-in': true } as const;

/** Declares in the document the size limit of an operation's body, when it is higher than the default. */
export const ownBodyLimit = (maxBytes: number) => ({ 'x-max-body-bytes': maxBytes });

/** Marks an expensive read in the document. Such reads count towards the rate limit, as writes do. */
export const expensiveRead = { 'x-expensive': true } as const;

/**
 * The actions that cannot be undone or return a secret need an active sign-in and a recently confirmed
 * password. `until-deletion` is for deleting the account: that request can be repeated after the deletion has
 * begun.
 */
export type WithStepUp = 'always' | 'until-deletion';

/** Marks an operation that needs a step-up in the document. */
export const stepUpMark = (when: WithStepUp) => ({ 'x-step-up': when });

export function stepUpText(takesPassword: boolean): string {
  const body = takesPassword ? ', or with `currentPassword` in the body' : '';
  return (
    'The sign-in of the access token must be active, and the password must have been confirmed within ' +
    `the last five minutes: by the sign-in itself, with \`POST /v1/sessions/step-up\`${body}. Otherwise ` +
    'the response is a 401, or a 403 with the reason `step-up-required`.'
  );
}

const whenSteppedUp = z.enum(['always', 'until-deletion']).optional();

/** The requirements that a route's definition declares. The OpenAPI document contains the same ones. */
export interface Declared {
  readonly who: Who;
  /** Undefined when the route accepts no body. */
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
