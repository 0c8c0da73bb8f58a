/**
 * Pseudo-random numbers in [0, 1), the same each time for the same `seed`: mulberry32, by Tommy Ettinger, in
 * the public domain. For simulations of thousands of draws that need no shrinking.
 */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
