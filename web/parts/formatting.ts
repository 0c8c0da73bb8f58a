const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const timeOfDayFormat = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

/** Returns the time of day as charts show it: 5:10 PM. */
export const timeOfDay = (at: number | undefined): string => timeOfDayFormat.format(at);

/** Returns a number as cards show it: 1.2K. */
export const shortNumber = (value: number): string => compact.format(value);

/** Returns how often something was watched: 1 view, 1.2K views. */
export const viewsInWords = (views: number): string =>
  `${shortNumber(views)} ${views === 1 ? 'view' : 'views'}`;

/** Returns a duration as players show it: 4:05, 1:04:05. Never negative. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, ...rest] = parts;
  const padded = rest.map((part, index) =>
    index === 0 && hours === 0 ? `${part}` : `${part}`.padStart(2, '0'),
  );
  return [...(hours === 0 ? [] : [hours]), ...padded].join(':');
}

const UNITS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Returns how long ago a point in time was: "2 hours ago". Less than a minute is "just now". */
export function timeAgo(at: number, now: number): string {
  const seconds = Math.max(0, (now - at) / 1000);
  const found = UNITS.find(([, length]) => seconds >= length);
  if (found === undefined) return 'just now';
  const [unit, length] = found;
  return relative.format(-Math.floor(seconds / length), unit);
}

/** Returns a hue (0 to 359) that is always the same for a text, to tell channels apart. */
export function hueOf(text: string): number {
  let hash = 7;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360_007;
  return hash % 360;
}
