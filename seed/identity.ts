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

/** The set that the user with this id is of; undefined for a real one. */
export function setOf(id: string): number | undefined {
  const [, set] = /^mock-user-(\d+)-\d+$/.exec(id) ?? [];
  return set === undefined ? undefined : Number(set);
}

/**
 * The seed file's name, or one that no other channel of any set can have: it ends in the number of the set and
 * of the channel, and begins as no name of the file may.
 */
function usernameOf({ set, channels }: SeedPlan, index: number): string {
  const animal = animals[(set + index * 7) % animals.length];
  return channels[index]?.username ?? `${MOCK_ID_PREFIX}${animal}-${set}-${index}`;
}

export const channelArn = (region: string, id: string) =>
  `arn:aws:ivs:${region}:${MOCK_ACCOUNT}:channel/${id}`;
export const stageArn = (region: string, id: string) => `arn:aws:ivs:${region}:${MOCK_ACCOUNT}:stage/${id}`;
export const chatRoomArn = (region: string, id: string) =>
  `arn:aws:ivschat:${region}:${MOCK_ACCOUNT}:room/${id}`;
