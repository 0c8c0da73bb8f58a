import { CommandError, readWhole, type Variables } from '../model/variables.ts';
import { MOST_PAST_STREAMS } from './seedPlan.ts';

export interface SeedOptions {
  /** The total number of channels of the set. Each has one stream. */
  readonly count: number;
  /** The number of random offline channels. Undefined when OFFLINE_SESSION_COUNT is not set. */
  readonly offline: number | undefined;
  /** The number of past streams of each channel. */
  readonly pastStreams: number;
  /** The path of the seed file. */
  readonly file: string | undefined;
  /** The number of the set. Undefined for a new set. */
  readonly set: number | undefined;
}

const DEFAULT_COUNT = 50;
const DEFAULT_OFFLINE = 1;

/** These limits leave room for a word in a generated username after the digits of both numbers. */
const MAX_COUNT = 1_000_000;
export const MAX_SET = 4_294_967_295;

/** Reads `SEED_COUNT`, `OFFLINE_SESSION_COUNT`, `PAST_STREAMS`, `JSON` and `SEED`. @throws VariableError */
export function readOptions(environment: Variables): SeedOptions {
  return {
    count: readWhole(environment, 'SEED_COUNT', [0, MAX_COUNT]) ?? DEFAULT_COUNT,
    offline: readWhole(environment, 'OFFLINE_SESSION_COUNT', [0, MAX_COUNT]),
    pastStreams: readWhole(environment, 'PAST_STREAMS', [0, MOST_PAST_STREAMS]) ?? 0,
    file: environment['JSON'] || undefined,
    set: readSet(environment),
  };
}

/** Reads `SEED`, the number of a set. @throws VariableError */
export function readSet(environment: Variables): number | undefined {
  return readWhole(environment, 'SEED', [0, MAX_SET]);
}

/**
 * Returns the number of random offline channels. The default is reduced when the seed file leaves too few
 * channels.
 *
 * @param inFile the number of channels in the seed file
 * @throws CommandError when the seed file, or OFFLINE_SESSION_COUNT together with it, exceeds SEED_COUNT
 */
export function offlineCount({ count, offline }: SeedOptions, inFile: number): number {
  if (inFile > count) {
    throw new CommandError(
      `JSON has ${inFile} channels, which is more than SEED_COUNT (${count}). Set SEED_COUNT to ${inFile} or more.`,
    );
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
