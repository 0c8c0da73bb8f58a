import * as z from './zod.ts';

/**
 * An instant as ISO 8601 in UTC with exactly three decimals, `2026-01-15T10:00:00.000Z`: comparing such
 * strings compares the times. Sources use other forms (IVS sends whole seconds), so every time is converted
 * to this form when it enters the system.
 */
export type Timestamp = string;

const dateTime = z.iso.datetime({ offset: true });

/** Parses an ISO 8601 date-time with an offset and returns its stored form. */
export const timestamp = z
  .pipe(
    z
      .string()
      .check(
        z.refine(
          text => dateTime.safeParse(text).success,
          'must be an ISO 8601 date-time with an offset, such as 2026-01-15T10:00:00Z',
        ),
      ),
    z.transform((text): Timestamp => new Date(text).toISOString()),
  )
  .check(z.refine(time => /^\d{4}-/.test(time), 'must be in the years 0000 to 9999 in UTC'));

/** Returns the current time. */
export type Clock = () => Date;

export function toTimestamp(date: Date): Timestamp {
  return date.toISOString();
}

/** Returns `value` plus `ms` milliseconds. */
export function addMs(value: Timestamp, ms: number): Timestamp {
  return new Date(Date.parse(value) + ms).toISOString();
}

export const earliest = (a: Timestamp | undefined, b: Timestamp): Timestamp =>
  a === undefined || b < a ? b : a;

export const latest = (a: Timestamp | undefined, b: Timestamp): Timestamp =>
  a === undefined || b > a ? b : a;

const MINUTE_MS = 60_000;

export function startOfMinute(time: Timestamp): Timestamp {
  return addMs(time, -(Date.parse(time) % MINUTE_MS));
}
