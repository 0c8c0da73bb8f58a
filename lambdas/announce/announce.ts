import { Logger } from '@aws-lambda-powertools/logger';
import { chatControl } from '../../ivs/chatControl.ts';
import { databaseFrom, tableNamesFrom } from '../../store/database.ts';
import { announcer } from './announcer.ts';
import { roomReceiver } from './roomReceiver.ts';

const log = new Logger();
const database = databaseFrom(process.env, ['users', 'chatRooms']);

/** Called by Lambda with the records of the streams of `channels` and `stages`, in order for each row. */
export const handler = announcer({
  tables: tableNamesFrom(process.env, ['channels', 'stages']),
  receivers: [roomReceiver({ database, chat: chatControl(), log })],
  log,
});
