import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { IvschatClient } from '@aws-sdk/client-ivschat';
import * as z from 'zod';
import { announcementOf, type RowChange } from '../domain/announcements.ts';
import { budgetOf } from '../ivs/budget.ts';
import { chatControl } from '../ivs/chatControl.ts';
import { roomReceiver } from '../lambdas/announce/roomReceiver.ts';
import { parseRecord } from '../lambdas/announce/streamRecord.ts';
import { chatArchiver } from '../lambdas/chatArchive/archive.ts';
import { cloudWatchLogsEvent, parseSubscription } from '../lambdas/chatArchive/subscription.ts';
import { getChannel } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { getStage } from '../store/stages.ts';
import { eventHandler } from '../streamEventsApi/handleEvent.ts';
import type { RedriveOptions } from './redriveQueue.ts';
import { recordsIn, streamRange } from './streamRange.ts';
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

interface AnnouncementClients {
  readonly database: Database;
  readonly streams: DynamoDBStreamsClient;
  readonly chat: IvschatClient;
  readonly say: (line: string) => void;
}

const ANNOUNCEMENT_MS = 20_000;

/**
 * Announces the changes of a failed batch that are still in effect, with the state that the rows have now: a
 * state that is not the newest one any more is not told. After 24 hours the stream does not have the changes
 * any more, and the result is `expired`.
 */
export function announcements({ database, streams, chat, say }: AnnouncementClients): Handling {
  const receive = roomReceiver({ database, chat: chatControl(chat), log: terminalLog(say) });
  return {
    handle: async payload => {
      const records = await recordsIn(streams, streamRange.parse(payload));
      let told = 0;
      for (const record of records) {
        const change = parseRecord(record, database.names);
        const current = change === undefined ? undefined : await upToDate(database, change);
        const announcement = current === undefined ? undefined : announcementOf(current);
        if (announcement === undefined) continue;
        await receive(announcement, budgetOf(ANNOUNCEMENT_MS));
        told += 1;
      }
      if (records.length === 0) return 'expired';
      return told > 0 ? 'announced' : 'no longer news';
    },
    describe: payload => {
      const {
        streamArn = '?',
        startSequenceNumber,
        endSequenceNumber,
      } = streamRange.safeParse(payload).data ?? {};
      return `changes ${startSequenceNumber} to ${endSequenceNumber} of ${streamArn}`;
    },
  };
}

/** Returns the change from the earlier state of the row to its state now, or undefined when it is deleted. */
async function upToDate(database: Database, change: RowChange): Promise<RowChange | undefined> {
  if (change.table === 'channels') {
    const after = await getChannel(database, change.after.id);
    return after === undefined ? undefined : { ...change, after };
  }
  const after = await getStage(database, change.after.id);
  return after === undefined ? undefined : { ...change, after };
}
