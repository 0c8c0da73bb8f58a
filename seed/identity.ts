import { MOCK_ID_PREFIX } from '../model/row.ts';
import type { SeedPlan } from './seedPlan.ts';
import { animals } from './words.ts';

/** AWS assigns this number to no account, so a mock ARN never names a real resource. */
export const MOCK_ACCOUNT = '000000000000';

/** The username and the ids of one channel of a set. */
export interface Identity {
  readonly username: string;
  readonly userId: string;
  readonly channelId: string;
  readonly chatRoomId: string;
  readonly stageId: string;
  readonly streamId: string;
}

export function identityOf(plan: SeedPlan, index: number): Identity {
  const id = (kind: string) => `${MOCK_ID_PREFIX}${kind}-${plan.set}-${index}`;
  return {
    username: usernameOf(plan, index),
    userId: id('user'),
    channelId: id('channel'),
    chatRoomId: id('room'),
    stageId: id('stage'),
    streamId: id('stream'),
  };
}

/** Returns the prefix that only the user ids of this set have. */
export const userIdPrefix = (set: number) => `${MOCK_ID_PREFIX}user-${set}-`;

/** Returns the name from the seed file, or a generated name. */
function usernameOf({ set, channels }: SeedPlan, index: number): string {
  const animal = animals[(set + index * 7) % animals.length] ?? '';
  return channels[index]?.username ?? uniqueUsername(set, index, animal);
}

const USERNAME_LENGTH = 32;

/**
 * Returns a username that contains `word` and is unique over all sets: it begins with `mock-`, which users
 * cannot choose, and ends with the numbers of the set and the channel. A long word is truncated.
 */
export function uniqueUsername(set: number, index: number, word: string): string {
  const end = `-${set}-${index}`;
  return `${MOCK_ID_PREFIX}${word.slice(0, USERNAME_LENGTH - MOCK_ID_PREFIX.length - end.length)}${end}`;
}

export const channelArn = (region: string, id: string) =>
  `arn:aws:ivs:${region}:${MOCK_ACCOUNT}:channel/${id}`;
export const stageArn = (region: string, id: string) => `arn:aws:ivs:${region}:${MOCK_ACCOUNT}:stage/${id}`;
export const chatRoomArn = (region: string, id: string) =>
  `arn:aws:ivschat:${region}:${MOCK_ACCOUNT}:room/${id}`;
