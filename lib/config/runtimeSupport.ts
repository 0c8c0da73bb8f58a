/**
 * The last day on which Lambda patches a Node runtime, by runtime name. After that day the runtime is
 * deprecated: one month later no function can be created with it, and two months later no function can be
 * updated.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const supportedUntil: Readonly<Record<string, string>> = {
  'nodejs22.x': '2027-04-30',
  'nodejs24.x': '2028-04-30',
};

/** How many days before that date the runtime must be replaced. */
export const RENEW_DAYS = 180;

const DAY_MS = 86_400_000;

/**
 * Returns for how many whole days after `now` Lambda supports `runtime`. The number is negative after the end
 * of support.
 * @throws Error when the runtime is not in `supportedUntil`.
 */
export function daysOfSupport(runtime: string, now: Date): number {
  const until = supportedUntil[runtime];
  if (until === undefined)
    throw new Error(
      `lib/config/runtimeSupport.ts has no end of support for ${runtime}: add it to supportedUntil`,
    );
  return Math.floor((Date.parse(until) - now.getTime()) / DAY_MS);
}
