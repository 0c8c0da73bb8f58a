import { Logger } from '@aws-lambda-powertools/logger';
import { databaseFrom } from '../../store/database.ts';
import { chatArchiver } from './archive.ts';

const database = databaseFrom(process.env, ['chatRooms', 'chatMessages']);

/**
 * Called by the subscription to the log group of the chat rooms, with some lines of one room's log at a time, at least
 * once each and in no order.
 *
 * Lines that cannot be kept do not hold up the others: those are archived, and then the batch is thrown, tried again
 * and kept in the dead-letter queue.
 */
export const handler = chatArchiver({ database, clock: () => new Date(), log: new Logger() });
