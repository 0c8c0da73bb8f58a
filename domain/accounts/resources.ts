import type { Budget } from '../../ivs/budget.ts';
import type { CreatedChannel, Owner, ResourceKind, UserResources } from '../../ivs/ports.ts';
import { type IvsArn, parseIvsArn } from '../../model/arn.ts';
import type { Timestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import { nameRangeOf } from '../../model/username.ts';
import type { CreatingUser, Made, OwnedRows } from '../../store/userCreation.ts';

/** How to create and delete one of a user's three resources. */
export interface ResourceStep {
  readonly kind: ResourceKind;
  /** Returns the ARN of the resource if it is recorded for a user who is being created. */
  recorded(user: User): string | undefined;
  /** Creates the resource and returns the values to record. */
  make(owner: Owner, budget: Budget): Promise<Partial<Made>>;
  remove(arn: string, budget: Budget): Promise<void>;
}

export type CreatableResources = Pick<
  UserResources,
  'createChannel' | 'createRoom' | 'createStage' | 'deleteChannel' | 'deleteRoom' | 'deleteStage'
>;

/** Returns the steps that create a user's resources, in order. An interruption can happen after any step. */
export function resourceSteps(resources: CreatableResources): readonly ResourceStep[] {
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
 * Returns the rows of the resources created for `user`.
 *
 * @throws Error when a resource is not recorded
 */
export function ownedRows(user: CreatingUser, now: Timestamp): OwnedRows {
  const { id: userId, username, usernameKey, madeChannel, madeRoom, madeStage } = user;
  if (madeChannel === undefined || madeRoom === undefined || madeStage === undefined)
    throw new Error('a user without a recorded channel, chat room and stage cannot become active');
  const room = read(madeRoom.arn, 'room');
  const times = { createdAt: now, updatedAt: now };
  return {
    channel: {
      id: read(madeChannel.arn, 'channel').id,
      ...madeChannel,
      userId,
      username,
      usernameKey,
      nameRange: nameRangeOf(usernameKey),
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
      channelId: read(madeChannel.arn, 'channel').id,
      isLive: false,
      publishedParticipants: [],
      version: 1,
      ...times,
    },
  };
}

/** The attributes of a user that identify their resources. */
export type Owning = Pick<User, keyof Made | 'channelId' | 'chatRoomId' | 'stageId'>;

/** Returns whether `user` is recorded as the owner of the resource with this ARN. */
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
