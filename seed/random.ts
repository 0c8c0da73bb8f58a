import { faker } from '@faker-js/faker/locale/en';

export type Random = typeof faker;

/**
 * The source of all that is made up about channel `index` of a set. Each channel has its own, so what one
 * looks like does not depend on how many there are or on what the seed file says of the others.
 *
 * There is one generator in the process and this starts it anew: finish one channel before the next.
 */
export function randomOf(set: number, index: number): Random {
  faker.seed([set, index]);
  return faker;
}
