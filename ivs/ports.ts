import type { Timestamp } from '../model/time.ts';
import type { Budget } from './budget.ts';

/** Whose a resource is: its tag names the user, and its name is for people who look at the console. */
export interface Owner {
  readonly userId: string;
  /** As IVS allows names: letters, digits, `_` and `-`, 128 at most. Not unique at IVS. */
  readonly name: string;
}

export interface StreamKey {
  readonly arn: string;
  /** What a broadcaster's encoder sends. */
  readonly value: string;
}

export interface CreatedChannel {
  readonly arn: string;
  readonly playbackUrl: string;
  readonly ingestEndpoint: string;
  readonly streamKey: StreamKey;
}

export interface Created {
  readonly arn: string;
}

/** The IVS channel types in use. A partner's channel is ADVANCED_HD, which transcodes for every viewer's bandwidth. */
export type ChannelType = 'STANDARD' | 'ADVANCED_HD';

export const resourceKinds = ['channel', 'room', 'stage'] as const;
export type ResourceKind = (typeof resourceKinds)[number];

/** A resource of one of this stack's users, as IVS lists it. */
export interface ListedResource {
  readonly kind: ResourceKind;
  readonly arn: string;
  readonly userId: string;
  /** When the call that made it was sent. */
  readonly createdAt: Timestamp;
}

/**
 * What a user owns at IVS, and the calls that make, change and end it.
 *
 * IVS takes 5 calls a second of each operation, from everybody in the account and Region together. A call that is
 * refused for it is sent again, later each time, while `budget` has time left (without one: some seconds), and then
 * fails with IvsBusyError. Calls that may be repeated are sent again after other passing failures too; creates are
 * not, for IVS knows no idempotency token and would make a second one. Whatever else goes wrong is thrown as the SDK
 * threw it: after that, a create may or may not have been done.
 *
 * Every call that names a resource, but for deletes, fails with IvsNotFoundError when it is not there.
 */
export interface UserResources {
  /** A channel with its stream key. @throws IvsQuotaError */
  createChannel(owner: Owner, budget?: Budget): Promise<CreatedChannel>;
  /** A chat room. @throws IvsQuotaError */
  createRoom(owner: Owner, budget?: Budget): Promise<Created>;
  /** A stage. @throws IvsQuotaError */
  createStage(owner: Owner, budget?: Budget): Promise<Created>;

  /** With its stream keys. One that is gone is deleted. @throws IvsInUseError while it is live */
  deleteChannel(arn: string, budget?: Budget): Promise<void>;
  /** One that is gone is deleted. */
  deleteRoom(arn: string, budget?: Budget): Promise<void>;
  /** One that is gone is deleted. @throws IvsInUseError */
  deleteStage(arn: string, budget?: Budget): Promise<void>;

  /** A channel has one key at most. @throws IvsQuotaError when it has one */
  createStreamKey(channelArn: string, budget?: Budget): Promise<StreamKey>;
  /** One that is gone is deleted. A broadcast that began with it goes on. */
  deleteStreamKey(streamKeyArn: string, budget?: Budget): Promise<void>;
  /** The ARNs of a channel's keys: IVS does not tell their values again. */
  listStreamKeys(channelArn: string, budget?: Budget): Promise<string[]>;

  /** Ends the broadcast. Its encoder may come back, as long as it has a key. */
  stopStream(channelArn: string, budget?: Budget): Promise<'stopped' | 'offline'>;
  /** Sends `metadata` (1 KB of UTF-8 at most) to every viewer, at this moment of the broadcast. */
  putMetadata(channelArn: string, metadata: string, budget?: Budget): Promise<'sent' | 'offline'>;
  /** @throws IvsInUseError while the channel is live */
  updateChannelType(channelArn: string, type: ChannelType, budget?: Budget): Promise<void>;

  /** Page by page, those of `kind` with the tags of this stack's users. To its end or to an error: never a part. */
  list(kind: ResourceKind, budget?: Budget): AsyncGenerator<ListedResource[]>;
}
