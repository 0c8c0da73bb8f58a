import type { RoomEvent, SimulatedRoom } from '../ivs/roomState.ts';
import { type Connection, connections } from './connections.ts';
import { deletion, disconnection, errorPush, newChatId, type RoomPush, sendTimes } from './pushes.ts';
import { type Rate, REQUESTS_PER_CONNECTION, slidingSecond } from './rates.ts';
import {
  type ChatRequest,
  capabilityFor,
  isRefusal,
  type Refusal,
  readFrame,
  type SendMessage,
} from './requests.ts';
import type { ReviewEvent, Verdict } from './review.ts';

export interface ChatRoomsOptions {
  /** Returns a room by its ARN. */
  readonly room: (arn: string) => SimulatedRoom | undefined;
  readonly review: (room: SimulatedRoom, event: ReviewEvent) => Promise<Verdict>;
  /** Logs a message or event of a room. Resolves when the line is stored. */
  readonly log: (room: SimulatedRoom, push: RoomPush) => Promise<void>;
  /** Is called with unexpected errors. */
  readonly onFailure: (error: unknown) => void;
  readonly now: () => Date;
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
}

/** A message of a simulated viewer. */
export interface SaidMessage {
  readonly id: string;
  readonly content: string;
  readonly sender: { readonly userId: string; readonly attributes: Readonly<Record<string, string>> };
}

/** The chat rooms with their connected clients. */
export interface ChatRooms {
  join(connection: Connection): void;
  leave(connection: Connection): void;
  /** Handles a client's request and sends it an error if the request is refused. Never rejects. */
  receive(connection: Connection, frame: string): Promise<void>;
  /** Sends a message without a client. @returns false when nobody has used the room yet, so it does not exist */
  say(roomArn: string, message: SaidMessage): Promise<boolean>;
  /** Handles an event of the control plane. */
  roomEvent(event: RoomEvent): void;
  /** Closes all connections. */
  closeAll(): void;
}

export function chatRooms(options: ChatRoomsOptions): ChatRooms {
  const clients = connections();
  const sendTime = sendTimes(options.now);
  const rates = new Map<string, Rate>();

  // The log comes first, so that every message that a client has seen is later in the archive.
  const send = async (room: SimulatedRoom, push: RoomPush) => {
    await options.log(room, push);
    for (const client of clients.in(room.arn)) client.send(push);
  };

  const sendEvent = async (
    room: SimulatedRoom,
    event: { name: string; attributes: Readonly<Record<string, string>>; id: string; requestId: string },
  ) => {
    await send(room, {
      Type: 'EVENT',
      Id: event.id,
      RequestId: event.requestId,
      EventName: event.name,
      Attributes: event.attributes,
      SendTime: sendTime(),
    });
    const { UserId } = event.attributes;
    if (event.name !== DISCONNECT || UserId === undefined) return;
    for (const client of clients.in(room.arn)) {
      if (client.grant.userId === UserId) client.close('disconnected');
    }
  };

  const sendMessage = async (
    room: SimulatedRoom,
    { grant, ip }: Connection,
    { Content, Attributes }: SendMessage,
    requestId: string,
  ): Promise<Refusal | undefined> => {
    const { maximumMessageLength } = room;
    if ([...Content].length > maximumMessageLength) {
      return { code: 400, message: `Content must be ${maximumMessageLength} characters at most` };
    }
    const rate = rates.get(room.arn) ?? slidingSecond(options.clock);
    rates.set(room.arn, rate);
    if (!rate(room.maximumMessageRatePerSecond)) return tooMany;
    const id = newChatId();
    const sender = { UserId: grant.userId, Attributes: grant.attributes };
    const verdict = await options.review(room, {
      Content,
      MessageId: id,
      RoomArn: room.arn,
      Attributes: Attributes ?? {},
      Sender: { ...sender, Ip: ip },
    });
    if (verdict.result === 'denied')
      return { code: 406, message: verdict.reason || 'The message was rejected' };
    await send(room, {
      Type: 'MESSAGE',
      Id: id,
      RequestId: requestId,
      Attributes: verdict.attributes,
      Content: verdict.content,
      SendTime: sendTime(),
      Sender: sender,
    });
    return undefined;
  };

  const perform = async (
    room: SimulatedRoom,
    from: Connection,
    request: ChatRequest,
    requestId: string,
  ): Promise<Refusal | undefined> => {
    const id = newChatId();
    switch (request.Action) {
      case 'SEND_MESSAGE':
        return sendMessage(room, from, request, requestId);
      case 'DELETE_MESSAGE':
        await sendEvent(room, { ...deletion(request.Id, request.Reason ?? undefined), id, requestId });
        return undefined;
      case 'DISCONNECT_USER':
        await sendEvent(room, {
          ...disconnection(request.UserId, request.Reason ?? undefined),
          id,
          requestId,
        });
        return undefined;
    }
  };

  const answer = async (from: Connection, frame: string): Promise<void> => {
    const { grant } = from;
    const { requestId, request } = readFrame(frame);
    const refuse = (refusal: Refusal) => from.send(errorPush(requestId, refusal));
    if (options.now().getTime() >= grant.sessionExpiresAt) {
      refuse({ code: 401, message: 'The connection has expired' });
      return from.close('the session has expired');
    }
    if (!from.rate(REQUESTS_PER_CONNECTION)) return refuse(tooMany);
    if (isRefusal(request)) return refuse(request);
    if (!grant.capabilities.includes(capabilityFor(request))) {
      return refuse({ code: 403, message: `The token does not permit ${request.Action}` });
    }
    const room = options.room(grant.roomArn);
    if (room === undefined) return refuse({ code: 404, message: 'The room does not exist' });
    try {
      const refusal = await perform(room, from, request, requestId);
      if (refusal !== undefined) refuse(refusal);
    } catch (error) {
      options.onFailure(error);
      refuse({ code: 500, message: 'Internal error of local mode: see its log' });
    }
  };

  // Handles a client's requests one after another, so that its messages stay in order when a review is slow.
  const inProgress = new Map<Connection, Promise<void>>();

  return {
    join: clients.add,
    leave: connection => {
      clients.remove(connection);
      inProgress.delete(connection);
    },
    receive: (connection, frame) => {
      const done = (inProgress.get(connection) ?? Promise.resolve()).then(() => answer(connection, frame));
      inProgress.set(connection, done);
      return done;
    },
    say: async (roomArn, { id, content, sender }) => {
      const room = options.room(roomArn);
      if (room === undefined) return false;
      await send(room, {
        Type: 'MESSAGE',
        Id: id,
        RequestId: '',
        Attributes: {},
        Content: content,
        SendTime: sendTime(),
        Sender: { UserId: sender.userId, Attributes: sender.attributes },
      });
      return true;
    },
    roomEvent: event => {
      if (event.kind === 'deleted') {
        rates.delete(event.roomArn);
        for (const client of clients.in(event.roomArn)) client.close('the room was deleted');
        return;
      }
      const room = options.room(event.roomArn);
      if (room !== undefined) sendEvent(room, { ...event, requestId: '' }).catch(options.onFailure);
    },
    closeAll: () => {
      for (const client of clients.all()) client.close('local mode is stopping');
    },
  };
}

const DISCONNECT = 'aws:DISCONNECT_USER';
const tooMany: Refusal = { code: 429, message: 'Rate exceeded' };
