import type { ReviewFallback } from '../model/functionEnvironment.ts';
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

/** What the stack attaches to every channel and chat room when it is made. */
export interface Attachments {
  /** Where and how a channel's broadcasts are recorded. */
  readonly recordingConfigurationArn: string;
  /** The function that reviews each message of a room, and what becomes of a message when it does not answer. */
  readonly reviewHandlerArn: string;
  readonly reviewFallback: ReviewFallback;
  /** Where a room's messages and events are logged. */
  readonly loggingConfigurationArn: string;
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

/** What a client may do in a chat room, apart from reading. */
export type ChatCapability = 'SEND_MESSAGE' | 'DELETE_MESSAGE' | 'DISCONNECT_USER';

export interface ChatTokenRequest {
  /** Whom the token is for: 1 to 128 characters. Everybody in the room sees it beside their messages. */
  readonly userId: string;
  readonly capabilities: readonly ChatCapability[];
  /** 1 to 180: how long a connection made with it lasts. */
  readonly sessionMinutes: number;
  /** Shown beside every message of theirs: 1 KB in all. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ChatToken {
  readonly token: string;
  /** Until when it can be used to connect. */
  readonly tokenExpiresAt: Timestamp;
  /** When the connection ends. */
  readonly sessionExpiresAt: Timestamp;
}

/** What happens in chat rooms. Failures are those of UserResources' calls. */
export interface ChatControl {
  /** 200 a second. */
  createToken(roomArn: string, request: ChatTokenRequest, budget?: Budget): Promise<ChatToken>;
  /** Tells every client to remove a message, and the log that it was. 100 a second, as all that follow. */
  deleteMessage(roomArn: string, messageId: string, reason: string, budget?: Budget): Promise<void>;
  /** Ends a user's connections of this moment. A token they have connects again. */
  disconnectUser(roomArn: string, userId: string, reason: string, budget?: Budget): Promise<void>;
  /** Sends an event to every client. `attributes`: 1 KB in all. */
  sendEvent(
    roomArn: string,
    name: string,
    attributes: Readonly<Record<string, string>>,
    budget?: Budget,
  ): Promise<void>;
}

export type StageCapability = 'PUBLISH' | 'SUBSCRIBE';

export interface ParticipantTokenRequest {
  /** Everybody on the stage sees it, and the attributes. */
  readonly userId: string;
  readonly capabilities: readonly StageCapability[];
  /** 1 to 20160: how long it can be used to join. */
  readonly minutes: number;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ParticipantToken {
  readonly participantId: string;
  readonly token: string;
  readonly expiresAt: Timestamp;
}

/** Who is on a stage. Failures are those of UserResources' calls. */
export interface StageControl {
  /** A token for a participant of its own. 50 a second. */
  createToken(stageArn: string, request: ParticipantTokenRequest, budget?: Budget): Promise<ParticipantToken>;
  /** Throws a participant off the stage. One who is not there is off it. 5 a second. */
  disconnect(stageArn: string, participantId: string, reason: string, budget?: Budget): Promise<void>;
}
