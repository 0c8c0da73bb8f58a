import { faker } from '@faker-js/faker/locale/en';

export type Random = typeof faker;

/**
 * Returns the random generator for channel `index` of a set. Each channel has its own seed, so its data does
 * not depend on the number of channels or on the other channels of the seed file.
 *
 * The process has one generator, and this call resets it: finish one channel before the next.
 *
 * @param part distinguishes more generators of one channel
 */
export function randomOf(set: number, index: number, part?: number): Random {
  faker.seed(part === undefined ? [set, index] : [set, index, part]);
  return faker;
}
