import type { Attachments } from '../../ivs/ports.ts';
import type { IvsSimulator } from '../ivs/simulator.ts';
import { type KeptState, nothingKept } from '../keptState.ts';
import { type ChatLog, type ChatLogOptions, chatLog, type LogsEvent } from './chatLog.ts';
import { type ChatRooms, chatRooms } from './chatRooms.ts';
import { type ChatServer, chatServer } from './chatServer.ts';
import { messageReview } from './review.ts';

export interface LocalChatOptions {
  readonly ivs: Pick<IvsSimulator, 'redeem' | 'room'>;
  readonly account: string;
  /** What rooms have attached: the function and the logging configuration that are here. */
  readonly attachments: Attachments;
  readonly moderateChat: (event: unknown) => Promise<unknown>;
  readonly archiveChat: (event: LogsEvent) => Promise<unknown>;
  readonly onDeadLetter: ChatLogOptions['onDeadLetter'];
  /** Told of what went wrong with a message. */
  readonly failed: (what: string, error: unknown) => void;
  /** Where what is said is kept until it is archived. */
  readonly kept?: KeptState;
  readonly now?: () => Date;
  readonly clock?: () => number;
}

/** The messaging side of IVS Chat, with the review of messages before it and the log behind it. */
export interface LocalChat {
  readonly server: ChatServer;
  readonly roomEvent: ChatRooms['roomEvent'];
  readonly log: ChatLog;
}

export function localChat(options: LocalChatOptions): LocalChat {
  const { ivs, attachments, kept = nothingKept } = options;
  const { now = () => new Date(), clock = () => performance.now() } = options;
  const log = chatLog({
    account: options.account,
    subscriber: options.archiveChat,
    onDeadLetter: options.onDeadLetter,
    kept,
  });
  const rooms = chatRooms({
    room: ivs.room,
    review: messageReview(
      arn => (arn === attachments.reviewHandlerArn ? options.moderateChat : undefined),
      reason => options.failed('a message was not reviewed', reason),
    ),
    log: (room, push) => {
      const isLogged = room.loggingConfigurationIdentifiers.includes(attachments.loggingConfigurationArn);
      if (isLogged) log.write(room.arn, push);
      return kept.saved();
    },
    failed: error => options.failed('a chat request failed', error),
    now,
    clock,
  });
  const roomExists = (arn: string) => ivs.room(arn) !== undefined;
  const server = chatServer({ rooms, redeem: ivs.redeem, roomExists, now, clock });
  return { server, roomEvent: rooms.roomEvent, log };
}
