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

/** Returns bits per second as kilobits: 160 kbit/s. */
export const kilobitsOf = (bits: number): string => `${whole.format(bits / 1_000)} kbit/s`;

const codecs = { avc1: 'H.264', hvc1: 'H.265', hev1: 'H.265', av01: 'AV1', mp4a: 'AAC', opus: 'Opus' };

/** Returns the common name of a codec (RFC 6381): H.264 for avc1.64002A. Others keep their own. */
export function codecName(codec: string): string {
  const kind = codec.split('.')[0]?.toLowerCase();
  return Object.entries(codecs).find(([known]) => known === kind)?.[1] ?? codec;
}

/** Returns a duration in its two greatest units: 3 h 20 min. */
export function durationInWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 100) return `${whole.format(hours)} h`;
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}
