const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const precise = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** Returns a number without decimals: 1,204. */
export const countOf = (value: number): string => whole.format(value);

/** Returns a number with its noun: 1 viewer, 2.5 viewers. */
export function amountOf(value: number, one: string, many: string): string {
  const text = (value < 10 ? precise : whole).format(value);
  return `${text} ${text === precise.format(1) ? one : many}`;
}

/** Returns milliseconds as seconds: 3.2 s. */
export const secondsOf = (ms: number): string => `${precise.format(ms / 1000)} s`;

/** Returns bits per second as megabits: 2.4 Mbit/s. */
export const megabitsOf = (bits: number): string => `${precise.format(bits / 1_000_000)} Mbit/s`;

/** Returns a duration in its two greatest units: 3 h 20 min. */
export function durationInWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 100) return `${whole.format(hours)} h`;
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}
