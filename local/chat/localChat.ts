import type { Attachments } from '../../ivs/ports.ts';
import type { IvsSimulator } from '../ivs/simulator.ts';
import { nullStateStore, type StateStore } from '../stateStore.ts';
import { type ChatLog, type ChatLogOptions, chatLog, type LogsEvent } from './chatLog.ts';
import { type ChatRooms, chatRooms } from './chatRooms.ts';
import { type ChatServer, chatServer } from './chatServer.ts';
import { messageReview } from './review.ts';

export interface LocalChatOptions {
  readonly ivs: Pick<IvsSimulator, 'redeem' | 'room'>;
  readonly account: string;
  /** The ARNs of the review function and the logging configuration that local mode has. */
  readonly attachments: Attachments;
  readonly moderateChat: (event: unknown) => Promise<unknown>;
  readonly archiveChat: (event: LogsEvent) => Promise<unknown>;
  readonly onDeadLetter: ChatLogOptions['onDeadLetter'];
  /** Is called with the errors of messages. */
  readonly onFailure: (message: string, error: unknown) => void;
  /** Stores the chat log until it is archived. */
  readonly stateStore?: StateStore;
  readonly now?: () => Date;
  readonly clock?: () => number;
}

/** IVS Chat's messaging, with the review of messages and the chat log. */
export interface LocalChat {
  readonly server: ChatServer;
  readonly say: ChatRooms['say'];
  readonly roomEvent: ChatRooms['roomEvent'];
  readonly log: ChatLog;
}

export function localChat(options: LocalChatOptions): LocalChat {
  const { ivs, attachments, stateStore = nullStateStore } = options;
  const { now = () => new Date(), clock = () => performance.now() } = options;
  const log = chatLog({
    account: options.account,
    subscriber: options.archiveChat,
    onDeadLetter: options.onDeadLetter,
    stateStore,
  });
  const rooms = chatRooms({
    room: ivs.room,
    review: messageReview(
      arn => (arn === attachments.reviewHandlerArn ? options.moderateChat : undefined),
      reason => options.onFailure('a message was not reviewed', reason),
    ),
    log: (room, push) => {
      const isLogged = room.loggingConfigurationIdentifiers.includes(attachments.loggingConfigurationArn);
      if (isLogged) log.write(room.arn, push);
      return stateStore.saved();
    },
    onFailure: error => options.onFailure('a chat request failed', error),
    now,
    clock,
  });
  const roomExists = (arn: string) => ivs.room(arn) !== undefined;
  const server = chatServer({ rooms, redeem: ivs.redeem, roomExists, now, clock });
  return { server, say: rooms.say, roomEvent: rooms.roomEvent, log };
}
