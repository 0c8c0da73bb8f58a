// Of a large audience only a panel is asked to report, so that one row a minute takes all that is written of it:
// DynamoDB takes 1,000 writes a second to an item. Each of the panel counts for `weight` viewers, and each viewer is in
// the panel with a chance of 1/weight, so that the sum is right on average. See docs/viewersAndScaling.md.

/**
 * The greatest panel there is to be. The relative standard error of a count is then less than 1/√16384, 0.8 %, and it
 * is 273 writes a second.
 */
export const PANEL_VIEWERS = 16_384;

/** How often a player reports: twice a minute, so that a late timer does not skip one. */
export const SAMPLE_SECONDS = 30;

/** How soon, at the least, a player is asked for its next sample. */
const LEAST_SECONDS = 10;

/** For how many viewers each of the panel counts, of an audience of `viewers`. */
export function weightOf(viewers: number): number {
  return Math.max(1, Math.ceil(viewers / PANEL_VIEWERS));
}

/**
 * For how many viewers this one counts where the panel's do for `weight`: that, or 0. Who is in the panel at one weight
 * is in it at every smaller one: it follows from the id, so asking again gives the same.
 */
export function weightOfViewer(viewerId: string, weight: number): number {
  return fractionOf(viewerId, 0) * weight < 1 ? weight : 0;
}

/**
 * In how many seconds from `now` a viewer is to report: at that viewer's own moment of every half a minute, so that
 * those who came together do not report together for ever.
 */
export function secondsToNextSample(viewerId: string, now: Date): number {
  const moment = fractionOf(viewerId, FRACTION_BYTES) * SAMPLE_SECONDS;
  const since = (now.getTime() / 1000) % SAMPLE_SECONDS;
  const wait = (moment - since + SAMPLE_SECONDS) % SAMPLE_SECONDS;
  return Math.ceil(wait < LEAST_SECONDS ? wait + SAMPLE_SECONDS : wait);
}

const FRACTION_BYTES = 6;

/** A number in [0, 1) made of some bytes of an id, all of whose bits are as good as random. */
function fractionOf(viewerId: string, offset: number): number {
  return Buffer.from(viewerId, 'base64url').readUIntBE(offset, FRACTION_BYTES) / 2 ** (8 * FRACTION_BYTES);
}
