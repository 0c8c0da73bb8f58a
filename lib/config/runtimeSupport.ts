/**
 * Until when Lambda keeps its Node runtimes patched, by the names that functions have them under. From then on it
 * deprecates them: a month later none can be made with it, and two months later none can be changed.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const supportedUntil: Readonly<Record<string, string>> = {
  'nodejs22.x': '2027-04-30',
  'nodejs24.x': '2028-04-30',
};

/** How long before that the runtime is to be replaced: long enough for a quiet week to be among it. */
export const RENEW_DAYS = 180;

const DAY_MS = 86_400_000;

/**
 * For how many whole days after `now` Lambda supports `runtime`; negative when it no longer does.
 * @throws Error when its end of support is not in `supportedUntil`.
 */
export function daysOfSupport(runtime: string, now: Date): number {
  const until = supportedUntil[runtime];
  if (until === undefined) throw new Error(`lib/config/runtimeSupport.ts does not know ${runtime}`);
  return Math.floor((Date.parse(until) - now.getTime()) / DAY_MS);
}
