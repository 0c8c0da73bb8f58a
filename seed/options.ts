import { stackNameOf } from '../model/stackName.ts';
import { SeedInputError } from './inputError.ts';

export interface SeedOptions {
  /** How many channels the set has in all, each with one stream. */
  readonly count: number;
  /** How many of them, after those of the seed file, are random offline ones; undefined, when nobody said. */
  readonly offline: number | undefined;
  /** The path of the seed file. */
  readonly file: string | undefined;
  /** The number of the set; undefined for a new set. */
  readonly set: number | undefined;
  readonly stack: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_COUNT = 50;
const DEFAULT_OFFLINE = 1;

/** With a set's number of ten digits and a channel's of seven, a random username still has room for a word. */
const MAX_COUNT = 1_000_000;
export const MAX_SET = 4_294_967_295;

/**
 * Reads `SEED_COUNT`, `OFFLINE_SESSION_COUNT`, `JSON`, `SEED`, `STACK` and `STAGE`.
 * @throws SeedInputError that names the variable.
 */
export function readOptions(environment: Environment): SeedOptions {
  return {
    count: wholeNumber(environment, 'SEED_COUNT', MAX_COUNT) ?? DEFAULT_COUNT,
    offline: wholeNumber(environment, 'OFFLINE_SESSION_COUNT', MAX_COUNT),
    file: environment['JSON'] || undefined,
    set: readSet(environment),
    stack: stackNameOf(environment),
  };
}

/** Reads `SEED`, the number of a set. @throws SeedInputError */
export function readSet(environment: Environment): number | undefined {
  return wholeNumber(environment, 'SEED', MAX_SET);
}

/**
 * How many random channels are offline, once it is known how many channels the seed file has.
 * The default gives way to the file; a number that was asked for does not.
 *
 * @throws SeedInputError when the file or the offline channels do not fit.
 */
export function offlineCount({ count, offline }: SeedOptions, inFile: number): number {
  if (inFile > count) {
    throw new SeedInputError(`JSON has ${inFile} channels, which is more than SEED_COUNT (${count})`);
  }
  const left = count - inFile;
  if (offline === undefined) return Math.min(DEFAULT_OFFLINE, left);
  if (offline > left) {
    const taken = inFile === 0 ? '' : ` less the ${inFile} channels of JSON`;
    throw new SeedInputError(
      `OFFLINE_SESSION_COUNT (${offline}) is more than SEED_COUNT (${count})${taken} leaves: ${left}`,
    );
  }
  return offline;
}

function wholeNumber(environment: Environment, name: string, max: number): number | undefined {
  const text = environment[name];
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= max)) {
    throw new SeedInputError(`${name} must be a whole number from 0 to ${max}, not ${JSON.stringify(text)}`);
  }
  return value;
}
