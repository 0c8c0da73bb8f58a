import * as z from 'zod';
import { chatArchiver } from '../lambdas/chatArchive/archive.ts';
import { cloudWatchLogsEvent, parseSubscription } from '../lambdas/chatArchive/subscription.ts';
import type { Database } from '../store/database.ts';
import { eventHandler } from '../streamEventsApi/handleEvent.ts';
import type { RedriveOptions } from './redriveQueue.ts';
import { terminalLog } from './terminalLog.ts';

/** How the payloads of one queue are handled and described. */
type Handling = Pick<RedriveOptions, 'handle' | 'describe'>;

const named = z.object({
  id: z.string().optional(),
  'detail-type': z.string().optional(),
  resources: z.array(z.string()).optional(),
  detail: z.object({ event_name: z.string().optional(), recording_status: z.string().optional() }).optional(),
});

/** Handles events in the same way as the function `postStreamEvents`. */
export function streamEvents(database: Database, say: (line: string) => void): Handling {
  const handle = eventHandler({
    database,
    clock: () => new Date(),
    log: terminalLog(say),
    count: () => {},
  });
  return {
    handle: async payload => (await handle(payload)).result,
    describe: payload => {
      const { id, resources = [], detail, ...event } = named.safeParse(payload).data ?? {};
      const name = detail?.event_name ?? detail?.recording_status ?? event['detail-type'];
      return `event ${id} (${name}) of ${resources[0] ?? 'the account'}`;
    },
  };
}

/** Archives batches of chat log lines in the same way as the function `archiveChat`. */
export function chatBatches(database: Database): Handling {
  const quiet = () => {};
  const archive = chatArchiver({ database, clock: () => new Date(), log: { info: quiet, warn: quiet } });
  return {
    handle: async payload => {
      await archive(cloudWatchLogsEvent.parse(payload));
      return 'archived';
    },
    // Chat messages are private, so only their number is printed.
    describe: payload => {
      const { chatRoomId = '?', events = [] } = roomLogOf(payload) ?? {};
      return `${events.length} lines of the chat room ${chatRoomId}`;
    },
  };
}

function roomLogOf(payload: unknown) {
  try {
    return parseSubscription(payload);
  } catch {
    // `handle` reports the reason.
    return undefined;
  }
}
