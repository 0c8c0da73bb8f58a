import type { Budget } from '../../ivs/budget.ts';
import type { CreatedChannel, Owner, ResourceKind, UserResources } from '../../ivs/ports.ts';
import { type IvsArn, parseIvsArn } from '../../model/arn.ts';
import type { Timestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import type { CreatingUser, Made, OwnedRows } from '../../store/userCreation.ts';

/** How one of a user's three resources is made, and taken away again. */
export interface ResourceStep {
  readonly kind: ResourceKind;
  /** The resource that is on record for a user who is being created, by its ARN. */
  recorded(user: User): string | undefined;
  /** Makes one, and gives what is to be recorded of it. */
  make(owner: Owner, budget: Budget): Promise<Partial<Made>>;
  remove(arn: string, budget: Budget): Promise<void>;
}

export type MakingResources = Pick<
  UserResources,
  'createChannel' | 'createRoom' | 'createStage' | 'deleteChannel' | 'deleteRoom' | 'deleteStage'
>;

/** The steps of making what a user owns, in order. Each can be the last one that was done. */
export function resourceSteps(resources: MakingResources): readonly ResourceStep[] {
  return [
    {
      kind: 'channel',
      recorded: user => user.madeChannel?.arn,
      make: async (owner, budget) => ({
        madeChannel: channelRecord(await resources.createChannel(owner, budget)),
      }),
      remove: resources.deleteChannel,
    },
    {
      kind: 'room',
      recorded: user => user.madeRoom?.arn,
      make: async (owner, budget) => ({ madeRoom: await resources.createRoom(owner, budget) }),
      remove: resources.deleteRoom,
    },
    {
      kind: 'stage',
      recorded: user => user.madeStage?.arn,
      make: async (owner, budget) => ({ madeStage: await resources.createStage(owner, budget) }),
      remove: resources.deleteStage,
    },
  ];
}

function channelRecord({ streamKey, ...channel }: CreatedChannel): NonNullable<Made['madeChannel']> {
  return { ...channel, streamKey: streamKey.value, streamKeyArn: streamKey.arn };
}

/**
 * The rows of all that was made for `user`.
 * @throws Error when something is not on record
 */
export function ownedRows(user: CreatingUser, now: Timestamp): OwnedRows {
  const { id: userId, username, usernameKey, madeChannel, madeRoom, madeStage } = user;
  if (madeChannel === undefined || madeRoom === undefined || madeStage === undefined)
    throw new Error('a user becomes active with a channel, a chat room and a stage on record');
  const room = read(madeRoom.arn, 'room');
  const times = { createdAt: now, updatedAt: now };
  return {
    channel: {
      id: read(madeChannel.arn, 'channel').id,
      ...madeChannel,
      userId,
      username,
      usernameKey,
      title: `${username}'s stream`,
      type: 'STANDARD',
      chatRoomArn: madeRoom.arn,
      stageArn: madeStage.arn,
      followerCount: 0,
      isPartner: false,
      isLive: false,
      version: 1,
      ...times,
    },
    chatRoom: {
      id: room.id,
      arn: room.arn,
      name: username,
      userId,
      channelId: read(madeChannel.arn, 'channel').id,
      ...times,
    },
    stage: {
      id: read(madeStage.arn, 'stage').id,
      arn: madeStage.arn,
      name: username,
      userId,
      isLive: false,
      publishedParticipants: [],
      version: 1,
      ...times,
    },
  };
}

/** What tells whether a user owns a resource. */
export type Owning = Pick<User, keyof Made | 'channelId' | 'chatRoomId' | 'stageId'>;

/** Whether `user` is on record as the one who owns the resource of that ARN. */
export function owns(user: Owning, kind: ResourceKind, arn: string): boolean {
  const { id } = read(arn, kind);
  switch (kind) {
    case 'channel':
      return user.channelId === id || user.madeChannel?.arn === arn;
    case 'room':
      return user.chatRoomId === id || user.madeRoom?.arn === arn;
    case 'stage':
      return user.stageId === id || user.madeStage?.arn === arn;
  }
}

function read(arn: string, kind: ResourceKind): IvsArn {
  const parsed = parseIvsArn(arn, kind);
  if (parsed === undefined) throw new Error(`${arn} is not the ARN of a ${kind}`);
  return parsed;
}
