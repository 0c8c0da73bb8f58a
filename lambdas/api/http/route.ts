import { type OperationId, type RouteSpec, routes } from '../../../model/routes.ts';
import * as z from '../../../model/zod.ts';

/**
 * Who may call a route: everyone without identification (`none`), signed-in users (`user`), or everyone, with
 * users identified (`optional`).
 */
export type AuthMode = 'none' | 'user' | 'optional';

/**
 * The actions that cannot be undone or return a secret need an active sign-in and a recently confirmed
 * password. `until-deletion` is for deleting the account: that request can be repeated after the deletion has
 * begun.
 */
export type WithStepUp = 'always' | 'until-deletion';

/**
 * At least 16 characters, so that another client's key cannot be guessed. No comma, because a comma joins the
 * values of a repeated header.
 */
export const idempotencyKey = z
  .string()
  .check(
    z.regex(/^[\x21-\x2b\x2d-\x7e]{16,128}$/, 'must be 16 to 128 visible ASCII characters without a comma'),
  );

/** The headers of routes that create a resource. */
export const idempotencyHeaders = z.object({
  'Idempotency-Key': z.optional(idempotencyKey).check(
    z.meta({
      description:
        'A secret that the client generates for one operation, such as a random UUID. After the request ' +
        'has succeeded, the same request with the same key returns the same response for 24 hours, with ' +
        '`Idempotency-Replayed: true`, and changes nothing. Error responses are not stored.',
      example: '6f1c2f5e-9f0b-4c0e-8a55-3f0f3b1f7c11',
    }),
  ),
});

/** The query or the path parameters of a route that has none. */
export const none = z.strictObject({});

export type Body = z.ZodMiniObject<z.core.$ZodLooseShape, z.core.$strict>;

/** How long the answer of a public read may be used without asking again, in seconds. */
export interface Caching {
  /** For a CDN, which then answers many viewers with one request. */
  readonly cdn: number;
  /** For a browser. With 0 it asks each time, and gets a 304 while the answer is the same. */
  readonly browser: number;
}

/** The requests that a route accepts. */
export interface Accepted<Params, Query, B> {
  /** See `AuthMode`. */
  readonly auth: AuthMode;
  readonly params: Params;
  /** Strict, so that a misspelled parameter is an error instead of being ignored. */
  readonly query: Query;
  /** The JSON body. It is strict: an unknown field is an error. */
  readonly body?: B;
  /** The size limit of the body in bytes, if it is higher than `MAX_BODY_BYTES`. */
  readonly maxBodyBytes?: number;
  /** The route creates something that must not be created twice, so it accepts an `Idempotency-Key`. */
  readonly idempotent?: true;
  /** The handler decides which requests count towards the rate limit. */
  readonly countsItself?: true;
  /** The action needs an active sign-in and a recently confirmed password. */
  readonly stepUp?: WithStepUp;
  /** The route returns a sign-in. A response stored for an `Idempotency-Key` expires with that sign-in. */
  readonly answersSignIn?: true;
  /** What a success ends. A browser that keeps the refresh token in a cookie is told to delete the cookie. */
  readonly ends?: 'signIn' | 'account';
  /**
   * How long the answer may be cached. Every public read has it. Other answers are never cached. Where the
   * token is optional, only the browser caches the answer for a user.
   */
  readonly cache?: Caching;
  /** A read that costs much more than others. Each request counts towards the rate limit. */
  readonly cost?: 'expensive';
}

/** A route of the API as the functions know it: where it is, who may call it, and what it accepts. */
export interface Route<
  Id extends OperationId = OperationId,
  Params extends z.ZodMiniObject = z.ZodMiniObject,
  Query extends z.ZodMiniObject = z.ZodMiniObject,
  B extends Body | undefined = Body | undefined,
> extends Accepted<Params, Query, B> {
  readonly id: Id;
}

/**
 * Defines the route of the operation `id`. Its method and path come from `model/routes.ts`. `resourceApp`
 * enforces the definition, so handlers do not check it. What the route answers is only in the OpenAPI
 * document: see `operation`.
 */
export function route<
  Id extends OperationId,
  Params extends z.ZodMiniObject,
  Query extends z.ZodMiniObject,
  B extends Body | undefined = undefined,
>(id: Id, accepted: Accepted<Params, Query, B>): Route<Id, Params, Query, B> {
  return { id, ...accepted };
}

/** Returns whether a route returns or ends a sign-in. Such a route can keep the refresh token in a cookie. */
export function isOfSignIn({ answersSignIn, ends }: Pick<Route, 'answersSignIn' | 'ends'>): boolean {
  return answersSignIn !== undefined || ends !== undefined;
}

/** Returns whether each request counts towards a limit of the caller before it is handled. */
export function isCounted({ id, cost, countsItself }: Route): boolean {
  const { method }: RouteSpec = routes[id];
  return (method !== 'get' || cost === 'expensive') && !countsItself;
}
