import type { Timestamp } from '../model/time.ts';
import type { SeedChannel } from './seedFile.ts';

/** All that decides which rows a set of mock data has. */
export interface SeedPlan {
  /** Names the set: another number is another set, which stands beside this one. */
  readonly set: number;
  /** Channels in all. Those of the file come first, then `offline` random ones, then live ones. */
  readonly count: number;
  readonly offline: number;
  readonly channels: readonly SeedChannel[];
  /** The Region in ARNs and URLs. */
  readonly region: string;
  /** What the times of everything are relative to. */
  readonly now: Timestamp;
}
