import type { Context } from 'hono';
import type { SignInOrigin } from '../../../store/sessions.ts';
import { coarseNetworkOf } from './address.ts';
import type { HttpEnv } from './context.ts';
import { networksFrom } from './limits.ts';

/** Returns what the list of sign-ins shows about the origin of a request. The address itself is not stored. */
export async function signInOriginOf(c: Context<HttpEnv>): Promise<SignInOrigin> {
  const device = deviceNameOf(c.req.header('user-agent') ?? '');
  const network = coarseNetworkOf(await networksFrom(c));
  return { ...(device === undefined ? {} : { device }), ...(network === undefined ? {} : { network }) };
}

/** The first that matches: browsers also name those from which they descend. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPad\b/, 'iPad'],
  [/\biPhone\b/, 'iPhone'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/**
 * Returns a name for people: `Firefox on Windows`, or the name of another program such as `curl`. Undefined if the header
 * has no such name.
 */
function deviceNameOf(userAgent: string): string | undefined {
  const nameIn = (list: typeof browsers) => list.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [browser, system] = [nameIn(browsers), nameIn(systems)];
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`;
  return /^([A-Za-z][A-Za-z0-9._-]{0,30})(\/|$)/.exec(userAgent)?.[1];
}
