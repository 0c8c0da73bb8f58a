import { Logger } from '@aws-lambda-powertools/logger';
import { databaseFrom } from '../../store/database.ts';
import { chatArchiver } from './archive.ts';

const database = databaseFrom(process.env, ['chatRooms', 'chatMessages']);

/**
 * Called by the subscription to the chat rooms' log group with some lines of one room's log. Each line
 * arrives at least once, in any order.
 *
 * A line that cannot be archived does not block the others: they are archived first, then an error is thrown.
 * Lambda retries the batch and moves it to the dead-letter queue.
 */
export const handler = chatArchiver({ database, clock: () => new Date(), log: new Logger() });
