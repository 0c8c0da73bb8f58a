import { z } from 'zod';
import type { StateStore } from '../stateStore.ts';
import {
  type ChannelRecord,
  channelRecord,
  channelSettings,
  type SimulatedChannel,
  type SimulatedEvent,
  type SimulatedSession,
  sessionEvent,
} from './channelState.ts';
import { type ChatGrant, chatGrant, roomRecord, type SimulatedRoom } from './roomState.ts';
import {
  type ParticipantEvent,
  participantEvent,
  type SimulatedStage,
  type StageRecord,
  stageRecord,
} from './stageState.ts';

/**
 * The state of the simulated control planes: resources by ARN. Only the functions of this interface change it.
 * Each function also writes the change to the state store.
 */
export interface IvsState {
  readonly channels: ReadonlyMap<string, SimulatedChannel>;
  readonly rooms: ReadonlyMap<string, SimulatedRoom>;
  readonly stages: ReadonlyMap<string, SimulatedStage>;
  /** Grants by token, oldest first. */
  readonly chatTokens: ReadonlyMap<string, ChatGrant>;
  /** The streams that are being stopped: channel ARNs by stream id. */
  readonly stops: ReadonlyMap<string, string>;
  /** Adds a channel or changes its settings, and keeps its sessions. Returns the new state. */
  putChannel(record: ChannelRecord): SimulatedChannel;
  /** The channel must exist. A repeated event changes nothing. */
  putSessionEvent(channelArn: string, streamId: string, event: SimulatedEvent): void;
  putRoom(room: SimulatedRoom): void;
  removeRoom(arn: string): void;
  /** Adds a stage or changes its settings, and keeps its participants. Returns the new state. */
  putStage(record: StageRecord): SimulatedStage;
  /** The stage must exist. A repeated event changes nothing. */
  putParticipantEvent(stageArn: string, event: ParticipantEvent): void;
  putInvitation(stageArn: string, participantId: string, userId: string): void;
  putChatToken(token: string, grant: ChatGrant): void;
  removeChatToken(token: string): void;
  putStop(streamId: string, channelArn: string): void;
  removeStop(streamId: string): void;
}

const storedSessionEvent = z.object({ channelArn: z.string(), streamId: z.string(), event: sessionEvent });
const storedParticipantEvent = z.object({ stageArn: z.string(), event: participantEvent });
const storedInvitation = z.object({ stageArn: z.string(), participantId: z.string(), userId: z.string() });

/** Reads the state from the state store. */
export function ivsState(stateStore: StateStore): IvsState {
  const channels = new Map<string, MutableChannel>();
  const rooms = new Map<string, SimulatedRoom>();
  const stages = new Map<string, MutableStage>();
  const chatTokens = new Map<string, ChatGrant>();
  const stops = new Map<string, string>();

  // Stored values and later changes are set by the same function. A change is stored first: a value that
  // cannot be stored changes nothing.
  const persisted = <T>(
    kind: string,
    schema: z.ZodType<T>,
    idOf: (value: T) => string,
    set: (value: T) => void,
  ) => {
    for (const { value } of stateStore.read(kind, schema)) set(value);
    return (value: T) => {
      stateStore.put(kind, idOf(value), value);
      set(value);
    };
  };

  const putChannel = persisted(
    'channel',
    channelRecord,
    ({ arn }) => arn,
    record => channels.set(record.arn, { sessions: new Map(), ...channels.get(record.arn), ...record }),
  );
  const putSessionEvent = persisted(
    'sessionEvent',
    storedSessionEvent,
    ({ channelArn, streamId, event }) => `${channelArn} ${streamId} ${event.id}`,
    ({ channelArn, streamId, event }) => {
      const { sessions } = found(channels, channelArn);
      const session = sessions.get(streamId) ?? { streamId, events: new Map<string, SimulatedEvent>() };
      sessions.set(streamId, session);
      session.events.set(event.id, event);
    },
  );
  const putRoom = persisted(
    'room',
    roomRecord,
    ({ arn }) => arn,
    room => rooms.set(room.arn, room),
  );
  const putStage = persisted(
    'stage',
    stageRecord,
    ({ arn }) => arn,
    record =>
      stages.set(record.arn, { invited: new Map(), events: new Map(), ...stages.get(record.arn), ...record }),
  );
  const putParticipantEvent = persisted(
    'participantEvent',
    storedParticipantEvent,
    ({ stageArn, event }) => `${stageArn} ${event.id}`,
    ({ stageArn, event }) => found(stages, stageArn).events.set(event.id, event),
  );
  const putInvitation = persisted(
    'invitation',
    storedInvitation,
    ({ stageArn, participantId }) => `${stageArn} ${participantId}`,
    ({ stageArn, participantId, userId }) => found(stages, stageArn).invited.set(participantId, userId),
  );
  const tokenId = (token: string, { expiresAt }: ChatGrant) => `${expiresAt} ${token}`;
  const putChatToken = persisted(
    'chatToken',
    z.object({ token: z.string(), grant: chatGrant }),
    ({ token, grant }) => tokenId(token, grant),
    ({ token, grant }) => chatTokens.set(token, grant),
  );
  const putStop = persisted(
    'streamStop',
    z.object({ streamId: z.string(), channelArn: z.string() }),
    ({ streamId }) => streamId,
    ({ streamId, channelArn }) => stops.set(streamId, channelArn),
  );

  return {
    channels,
    rooms,
    stages,
    chatTokens,
    stops,
    putChannel: ({ arn, ...record }) => {
      putChannel(channelRecord.parse({ arn, ...record }));
      return found(channels, arn);
    },
    putSessionEvent: (channelArn, streamId, event) => putSessionEvent({ channelArn, streamId, event }),
    putRoom,
    removeRoom: arn => {
      stateStore.remove('room', arn);
      rooms.delete(arn);
    },
    putStage: ({ arn, ...record }) => {
      putStage(stageRecord.parse({ arn, ...record }));
      return found(stages, arn);
    },
    putParticipantEvent: (stageArn, event) => putParticipantEvent({ stageArn, event }),
    putInvitation: (stageArn, participantId, userId) => putInvitation({ stageArn, participantId, userId }),
    putChatToken: (token, grant) => putChatToken({ token, grant }),
    removeChatToken: token => {
      const grant = chatTokens.get(token);
      if (grant === undefined) return;
      stateStore.remove('chatToken', tokenId(token, grant));
      chatTokens.delete(token);
    },
    putStop: (streamId, channelArn) => putStop({ streamId, channelArn }),
    removeStop: streamId => {
      stateStore.remove('streamStop', streamId);
      stops.delete(streamId);
    },
  };
}

interface MutableSession extends SimulatedSession {
  readonly events: Map<string, SimulatedEvent>;
}
interface MutableChannel extends SimulatedChannel {
  readonly sessions: Map<string, MutableSession>;
}
interface MutableStage extends SimulatedStage {
  readonly invited: Map<string, string>;
  readonly events: Map<string, ParticipantEvent>;
}

function found<T>(resources: ReadonlyMap<string, T>, arn: string): T {
  const resource = resources.get(arn);
  if (resource === undefined) throw new Error(`${arn} is not in the simulator's state`);
  return resource;
}

/** Returns the channel with `arn`, and creates it if it does not exist. */
export function ensureChannel(state: IvsState, arn: string): SimulatedChannel {
  const existing = state.channels.get(arn);
  if (existing !== undefined) return existing;
  return state.putChannel({
    arn,
    ...channelSettings.parse({}),
    tags: {},
    passphrase: '',
    streamKeys: [],
    isDeleted: false,
  });
}

/** Returns the stage with `arn`, and creates it if it does not exist. */
export function ensureStage(state: IvsState, arn: string): SimulatedStage {
  return state.stages.get(arn) ?? state.putStage({ arn, name: '', tags: {}, isDeleted: false });
}
