// Of a large audience only a panel reports, so that one row per minute can take all its writes: DynamoDB
// allows 1,000 writes per second to an item. Each member of the panel counts for `weight` viewers, and each
// viewer is in the panel with a probability of 1/weight, so the sum is right on average.
// See docs/viewersAndScaling.md.

/**
 * The maximum size of the panel. The relative standard error of a count is then less than 1/√16384, 0.8 %,
 * and the panel causes 273 writes per second.
 */
export const PANEL_VIEWERS = 16_384;

/** The interval between a player's reports: twice a minute, so that a late timer does not skip a minute. */
export const SAMPLE_SECONDS = 30;

/** The minimum time until a player's next sample, in seconds. */
const LEAST_SECONDS = 10;

/** Returns for how many viewers each member of the panel counts, in an audience of `viewers`. */
export function weightOf(viewers: number): number {
  return Math.max(1, Math.ceil(viewers / PANEL_VIEWERS));
}

/**
 * Returns for how many viewers this viewer counts when the panel has this `weight`: `weight`, or 0 outside
 * the panel. A member of the panel at one weight is also a member at every smaller weight, because the
 * membership follows from the id.
 */
export function weightOfViewer(viewerId: string, weight: number): number {
  return fractionOf(viewerId, 0) * weight < 1 ? weight : 0;
}

/**
 * Returns in how many seconds from `now` a viewer must report. Each viewer has its own position in every half
 * minute, so that viewers who joined together do not keep reporting together.
 */
export function secondsToNextSample(viewerId: string, now: Date): number {
  const moment = fractionOf(viewerId, FRACTION_BYTES) * SAMPLE_SECONDS;
  const since = (now.getTime() / 1000) % SAMPLE_SECONDS;
  const wait = (moment - since + SAMPLE_SECONDS) % SAMPLE_SECONDS;
  return Math.ceil(wait < LEAST_SECONDS ? wait + SAMPLE_SECONDS : wait);
}

const FRACTION_BYTES = 6;

/** Derives a number in [0, 1) from some bytes of an id, whose bits are pseudorandom. */
function fractionOf(viewerId: string, offset: number): number {
  return Buffer.from(viewerId, 'base64url').readUIntBE(offset, FRACTION_BYTES) / 2 ** (8 * FRACTION_BYTES);
}
