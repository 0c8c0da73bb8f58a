import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { ForbiddenError } from '../../../domain/errors.ts';
import { REFRESH_TOKEN_SECONDS } from '../../../model/session.ts';
import * as z from '../../../model/zod.ts';
import type { HttpEnv } from './context.ts';
import { fieldErrors, InvalidValuesError } from './invalidValues.ts';
import type { Route } from './route.ts';

/** The header of routes that return or end a sign-in. */
export const refreshTokenHeaders = z.object({
  'X-Refresh-Token': z.optional(z.literal('cookie', 'must be "cookie"')).check(
    z.meta({
      description:
        'For pages on the address of the API. With `cookie`, the refresh token and the device token are in ' +
        'cookies that scripts cannot read, and in no body. Requests from other origins get a 403.',
      example: 'cookie',
    }),
  ),
});

const HIDDEN = { httpOnly: true, secure: true, sameSite: 'Strict' } as const;

/**
 * The cookies, by the fields of bodies and answers that they replace. With the prefix `__Host-`, no other host
 * can set the cookie, so nobody can plant a refresh token of their own. A device token grants no access, and
 * only a sign-in needs it. Browsers keep a cookie for at most 400 days.
 */
const cookies = {
  refreshToken: {
    name: 'refresh',
    options: { ...HIDDEN, prefix: 'host', path: '/', maxAge: REFRESH_TOKEN_SECONDS },
  },
  deviceToken: {
    name: 'device',
    options: { ...HIDDEN, prefix: 'secure', path: '/v1/sessions', maxAge: 400 * 24 * 60 * 60 },
  },
} as const;
type Field = keyof typeof cookies;

/** A cookie that is missing or malformed counts as a token that was never issued. */
const NO_TOKEN = 'none';

/**
 * Answers requests with `X-Refresh-Token: cookie` in the cookie form: the refresh token and the device token are
 * in cookies that scripts cannot read, instead of in bodies. Everything behind this middleware sees the JSON form,
 * stored answers included.
 *
 * Without the header no cookie is read or set. A page of another origin cannot send the header, because CORS does
 * not allow it. The check of the origin is a second barrier.
 */
export function refreshCookie({ body, answersSignIn, ends }: Route): MiddlewareHandler<HttpEnv> {
  const accepts = (field: Field) => body !== undefined && field in body.shape;
  return async (c, next) => {
    const header = refreshTokenHeaders.safeParse({ 'X-Refresh-Token': c.req.header('x-refresh-token') });
    if (!header.success) throw new InvalidValuesError(fieldErrors('header', header.error));
    if (header.data['X-Refresh-Token'] === undefined) return next();
    if (!isOfThisOrigin(c))
      throw new ForbiddenError('cross-origin', 'X-Refresh-Token: is only for pages of this origin');
    if (accepts('refreshToken') || accepts('deviceToken')) await cookiesToBody(c, accepts);
    await next();
    if (c.res.ok) {
      if (answersSignIn) await bodyToCookies(c);
      if (ends !== undefined) clear(c, 'refreshToken');
      if (ends === 'account') clear(c, 'deviceToken');
    } else if (c.res.status === 401 && accepts('refreshToken')) clear(c, 'refreshToken');
  };
}

/**
 * Returns whether a browser says that a page of this origin sent the request, or does not say who did. Browsers
 * since 2023 send `Sec-Fetch-Site`. Older ones send `Origin`, which cannot be compared behind a proxy that replaces
 * `Host`, so they are refused there.
 */
function isOfThisOrigin(c: Context<HttpEnv>): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = c.req.header('origin');
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === c.req.header('host');
}

const fields = z.record(z.string(), z.unknown());

/** Adds the tokens of the cookies to the JSON body. */
async function cookiesToBody(c: Context<HttpEnv>, accepts: (field: Field) => boolean): Promise<void> {
  const { url, method, raw } = c.req;
  const text = await raw.text();
  const replace = (json: string) => {
    c.req.raw = new Request(url, { method, headers: raw.headers, body: json });
  };
  const given = fields.safeParse(JSON.parse(text));
  // The route's schema rejects it.
  if (!given.success) return replace(text);
  const tokens: Partial<Record<Field, string>> = {};
  for (const field of ['refreshToken', 'deviceToken'] as const) {
    if (!accepts(field)) continue;
    if (field in given.data)
      throw new InvalidValuesError([
        { in: 'body', field, message: 'comes from a cookie with X-Refresh-Token: cookie: remove it' },
      ]);
    const { name, options } = cookies[field];
    const token = getCookie(c, name, options.prefix);
    if (token !== undefined && /^[\w.-]{1,512}$/.test(token)) tokens[field] = token;
    else if (field === 'refreshToken') tokens[field] = NO_TOKEN;
  }
  if (tokens.refreshToken !== undefined) c.set('refreshCookie', tokens.refreshToken);
  replace(JSON.stringify({ ...given.data, ...tokens }));
}

const signedIn = z.looseObject({ refreshToken: z.string(), deviceToken: z.string() });

/** Moves the tokens of an answer from its body to cookies. */
async function bodyToCookies(c: Context<HttpEnv>): Promise<void> {
  const { refreshToken, deviceToken, ...rest } = signedIn.parse(await c.res.json());
  const { status, headers } = c.res;
  c.res = new Response(JSON.stringify(rest), { status, headers });
  setCookie(c, cookies.refreshToken.name, refreshToken, cookies.refreshToken.options);
  setCookie(c, cookies.deviceToken.name, deviceToken, cookies.deviceToken.options);
}

function clear(c: Context<HttpEnv>, field: Field): void {
  deleteCookie(c, cookies[field].name, cookies[field].options);
}
