import type { ReviewFallback } from '../model/functionEnvironment.ts';
import type { Timestamp } from '../model/time.ts';
import type { Budget } from './budget.ts';

/**
 * The owner of a resource. The resource's tag contains the user's id; its name is for readers of the console.
 */
export interface Owner {
  readonly userId: string;
  /** At most 128 letters, digits, `_` and `-`, as IVS requires. Not unique at IVS. */
  readonly name: string;
}

export interface StreamKey {
  readonly arn: string;
  /** The secret that a broadcaster's encoder sends. */
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

/** The resources that the stack attaches to every new channel and chat room. */
export interface Attachments {
  /** The recording configuration of a channel's broadcasts. */
  readonly recordingConfigurationArn: string;
  /** The function that reviews each message of a room, and the result of a review when it does not answer. */
  readonly reviewHandlerArn: string;
  readonly reviewFallback: ReviewFallback;
  /** The logging configuration of a room's messages and events. */
  readonly loggingConfigurationArn: string;
}

/** The IVS channel types in use. A partner's channel is ADVANCED_HD. */
export type ChannelType = 'STANDARD' | 'ADVANCED_HD';

export const resourceKinds = ['channel', 'room', 'stage'] as const;
export type ResourceKind = (typeof resourceKinds)[number];

/** A resource of one of this stack's users in a list of IVS. */
export interface ListedResource {
  readonly kind: ResourceKind;
  readonly arn: string;
  readonly userId: string;
  /** When the call that created the resource was sent. */
  readonly createdAt: Timestamp;
}

/**
 * The IVS resources of users, and the calls that create, change and delete them.
 *
 * IVS accepts 5 calls per second of each operation from the whole account and Region. A throttled call is
 * retried with growing pauses while `budget` has time left (default: some seconds), and then fails with
 * IvsBusyError. Repeatable calls are also retried after other temporary failures. Creates are not, because
 * IVS has no idempotency token and would create a second resource. Other errors of the SDK are thrown
 * unchanged; after such an error a create may or may not have been executed.
 *
 * Every call that names a resource, except a delete, fails with IvsNotFoundError when the resource does not
 * exist.
 */
export interface UserResources {
  /** Creates a channel with its stream key. @throws IvsQuotaError */
  createChannel(owner: Owner, budget?: Budget): Promise<CreatedChannel>;
  /** Creates a chat room. @throws IvsQuotaError */
  createRoom(owner: Owner, budget?: Budget): Promise<Created>;
  /** Creates a stage. @throws IvsQuotaError */
  createStage(owner: Owner, budget?: Budget): Promise<Created>;

  /**
   * Deletes a channel and its stream keys. A missing channel counts as deleted. @throws IvsInUseError while
   * it is live
   */
  deleteChannel(arn: string, budget?: Budget): Promise<void>;
  /** Deletes a chat room. A missing room counts as deleted. */
  deleteRoom(arn: string, budget?: Budget): Promise<void>;
  /** Deletes a stage. A missing stage counts as deleted. @throws IvsInUseError while it is being changed */
  deleteStage(arn: string, budget?: Budget): Promise<void>;

  /** Creates a stream key. A channel has at most one. @throws IvsQuotaError when the channel has a key */
  createStreamKey(channelArn: string, budget?: Budget): Promise<StreamKey>;
  /** Deletes a stream key. A missing key counts as deleted. A broadcast that began with the key continues. */
  deleteStreamKey(streamKeyArn: string, budget?: Budget): Promise<void>;
  /** Lists the ARNs of a channel's keys. IVS returns the value of a key only when it is created. */
  listStreamKeys(channelArn: string, budget?: Budget): Promise<string[]>;

  /** Ends the broadcast. Its encoder can reconnect as long as the channel has the key. */
  stopStream(channelArn: string, budget?: Budget): Promise<'stopped' | 'offline'>;
  /** Sends `metadata` (at most 1 KB of UTF-8) to every viewer at the current position of the broadcast. */
  putMetadata(channelArn: string, metadata: string, budget?: Budget): Promise<'sent' | 'offline'>;
  /** Changes the type of a channel. @throws IvsInUseError while the channel is live */
  updateChannelType(channelArn: string, type: ChannelType, budget?: Budget): Promise<void>;

  /**
   * Lists the resources of `kind` of this stack's users, page by page. The list is complete unless the call
   * throws.
   */
  list(kind: ResourceKind, budget?: Budget): AsyncGenerator<ListedResource[]>;
}

/** The permissions of a client in a chat room in addition to reading. */
export type ChatCapability = 'SEND_MESSAGE' | 'DELETE_MESSAGE' | 'DISCONNECT_USER';

export interface ChatTokenRequest {
  /**
   * The id of the token's user: 1 to 128 characters. Every member of the room sees it with the user's
   * messages.
   */
  readonly userId: string;
  readonly capabilities: readonly ChatCapability[];
  /** The maximum duration of a connection made with the token, in minutes: 1 to 180. */
  readonly sessionMinutes: number;
  /** Sent with every message of the user. At most 1 KB in total. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ChatToken {
  readonly token: string;
  /** Until when the token can be used to connect. */
  readonly tokenExpiresAt: Timestamp;
  /** When the connection ends. */
  readonly sessionExpiresAt: Timestamp;
}

/** The calls that act in chat rooms. They fail like the calls of UserResources. */
export interface ChatControl {
  /** Creates a chat token. IVS allows 200 calls per second. */
  createToken(roomArn: string, request: ChatTokenRequest, budget?: Budget): Promise<ChatToken>;
  /**
   * Makes every client remove a message, and logs the deletion. IVS allows 100 calls per second, also of the
   * following operations.
   */
  deleteMessage(roomArn: string, messageId: string, reason: string, budget?: Budget): Promise<void>;
  /** Ends a user's current connections. The user can reconnect with a valid token. */
  disconnectUser(roomArn: string, userId: string, reason: string, budget?: Budget): Promise<void>;
  /** Sends an event to every client. `attributes` have at most 1 KB in total. */
  sendEvent(
    roomArn: string,
    name: string,
    attributes: Readonly<Record<string, string>>,
    budget?: Budget,
  ): Promise<void>;
}

export type StageCapability = 'PUBLISH' | 'SUBSCRIBE';

export interface ParticipantTokenRequest {
  /** Every participant sees this id and the attributes. */
  readonly userId: string;
  readonly capabilities: readonly StageCapability[];
  /** How long the token can be used to join, in minutes: 1 to 20160. */
  readonly minutes: number;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ParticipantToken {
  readonly participantId: string;
  readonly token: string;
  readonly expiresAt: Timestamp;
}

/** The calls that control who is on a stage. They fail like the calls of UserResources. */
export interface StageControl {
  /** Creates a token for a new participant. IVS allows 50 calls per second. */
  createToken(stageArn: string, request: ParticipantTokenRequest, budget?: Budget): Promise<ParticipantToken>;
  /**
   * Disconnects a participant. A missing participant counts as disconnected. IVS allows 5 calls per second.
   */
  disconnect(stageArn: string, participantId: string, reason: string, budget?: Budget): Promise<void>;
}

/** The averages of what IVS received from an encoder in one period. A value that IVS has not is absent. */
export interface IngestPoint {
  /** Bits per second. */
  readonly videoBitrate?: number;
  /** Frames per second. */
  readonly framerate?: number;
  readonly keyframeIntervalSeconds?: number;
}

/** The periods to read: `from` is the start of the first, and the last one starts before `to`. */
export interface IngestPeriods {
  readonly from: Timestamp;
  readonly to: Timestamp;
  readonly seconds: number;
}

/** Reads what IVS measured at the ingest of a channel, from CloudWatch. */
export interface IngestMetrics {
  /**
   * Returns the points by the start of their period. One call.
   * @throws Error when CloudWatch does not answer in time, or refuses the request
   */
  read(channelId: string, periods: IngestPeriods): Promise<ReadonlyMap<Timestamp, IngestPoint>>;
}
