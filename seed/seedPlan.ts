import type { Timestamp } from '../model/time.ts';
import type { SeedChannel } from './seedFile.ts';

/** With more, the first stream could start before the account was created. */
export const MOST_PAST_STREAMS = 10;

/** The input that determines the rows of a set of mock data. */
export interface SeedPlan {
  /** The number of the set. */
  readonly set: number;
  /** The number of channels: first those of the seed file, then `offline` offline ones, then live ones. */
  readonly count: number;
  readonly offline: number;
  readonly channels: readonly SeedChannel[];
  /**
   * The number of past streams of each channel. If it is not 0, all streams also have viewers in every minute, and chat
   * over their whole length.
   */
  readonly pastStreams: number;
  /** The Region in ARNs and URLs. */
  readonly region: string;
  /** The URL of the HTTP API of a local stack, which also plays the channels. Undefined for a stack on AWS. */
  readonly localUrl?: string | undefined;
  /** The time that all times of the set are relative to. */
  readonly now: Timestamp;
}
