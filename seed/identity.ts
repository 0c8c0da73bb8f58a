import { MOCK_ID_PREFIX } from '../model/row.ts';
import type { SeedPlan } from './seedPlan.ts';
import { animals } from './words.ts';

/** No account has this number, so no mock ARN is anybody's. */
export const MOCK_ACCOUNT = '000000000000';

/** What one channel of a set, and all that belongs to it, is known by. */
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

/** What the ids of all users of a set begin with, and no others. */
export const userIdPrefix = (set: number) => `${MOCK_ID_PREFIX}user-${set}-`;

/** The seed file's name, or one that is made up. */
function usernameOf({ set, channels }: SeedPlan, index: number): string {
  const animal = animals[(set + index * 7) % animals.length] ?? '';
  return channels[index]?.username ?? uniqueUsername(set, index, animal);
}

const USERNAME_LENGTH = 32;

/**
 * A username with `word` in it that no other channel of any set has, and no person can choose: it begins with `mock-`
 * and ends in the numbers of the set and of the channel. A word that is too long is cut.
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
