import { CommandError, readWhole, type Variables } from '../model/variables.ts';

export interface SeedOptions {
  /** How many channels the set has in all, each with one stream. */
  readonly count: number;
  /** How many of them, after those of the seed file, are random offline ones; undefined, when nobody said. */
  readonly offline: number | undefined;
  /** The path of the seed file. */
  readonly file: string | undefined;
  /** The number of the set; undefined for a new set. */
  readonly set: number | undefined;
}

const DEFAULT_COUNT = 50;
const DEFAULT_OFFLINE = 1;

/** With a set's number of ten digits and a channel's of seven, a random username still has room for a word. */
const MAX_COUNT = 1_000_000;
export const MAX_SET = 4_294_967_295;

/** Reads `SEED_COUNT`, `OFFLINE_SESSION_COUNT`, `JSON` and `SEED`. @throws VariableError */
export function readOptions(environment: Variables): SeedOptions {
  return {
    count: readWhole(environment, 'SEED_COUNT', [0, MAX_COUNT]) ?? DEFAULT_COUNT,
    offline: readWhole(environment, 'OFFLINE_SESSION_COUNT', [0, MAX_COUNT]),
    file: environment['JSON'] || undefined,
    set: readSet(environment),
  };
}

/** Reads `SEED`, the number of a set. @throws VariableError */
export function readSet(environment: Variables): number | undefined {
  return readWhole(environment, 'SEED', [0, MAX_SET]);
}

/**
 * How many random channels are offline, once it is known how many channels the seed file has.
 * The default gives way to the file; a number that was asked for does not.
 *
 * @throws CommandError when the file or the offline channels do not fit.
 */
export function offlineCount({ count, offline }: SeedOptions, inFile: number): number {
  if (inFile > count) {
    throw new CommandError(`JSON has ${inFile} channels, which is more than SEED_COUNT (${count})`);
  }
  const left = count - inFile;
  if (offline === undefined) return Math.min(DEFAULT_OFFLINE, left);
  if (offline > left) {
    const taken = inFile === 0 ? '' : ` less the ${inFile} channels of JSON`;
    throw new CommandError(
      `OFFLINE_SESSION_COUNT (${offline}) is more than SEED_COUNT (${count})${taken} leaves: ${left}`,
    );
  }
  return offline;
}
