import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetStreamSessionCommand,
  type IvsClient,
  ListStreamsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-ivs';
import { parseIvsArn } from '../model/arn.ts';
import { type Timestamp, toTimestamp } from '../model/time.ts';

/** A stream that IVS shows to viewers now. */
export interface IvsStream {
  readonly channelId: string;
  readonly channelArn: string;
  readonly streamId: string;
  readonly startedAt: Timestamp | undefined;
}

/** What IVS remembers of a session, for 60 days. */
export interface IvsSession {
  readonly startedAt: Timestamp | undefined;
  /** Undefined while it is not over. */
  readonly endedAt: Timestamp | undefined;
  /** Its latest events, 500 at most. */
  readonly events: readonly { readonly name: string; readonly at: Timestamp }[];
}

/** Reads IVS within its quotas. */
export interface IvsSessions {
  /**
   * Every stream that is live now, or an error: never a part of them.
   */
  listLive(): Promise<IvsStream[]>;
  /** A session, or undefined when IVS knows nothing of it. */
  find(channelArn: string, streamId: string): Promise<IvsSession | undefined>;
}

// IVS allows 5 calls a second of each operation in an account and Region; others need some of them.
const CALL_INTERVAL_MS = 250;
const PAGE = 100;

// The API refuses to look for anything else: it has no session of such a name.
const ivsStreamId = /^st-[A-Za-z0-9]{23}$/;

/** Reads IVS through `client`, one call at a time and `intervalMs` apart. */
export function ivsSessions(client: IvsClient, intervalMs = CALL_INTERVAL_MS): IvsSessions {
  let next = 0;
  const paced = async <T>(call: () => Promise<T>): Promise<T> => {
    const wait = next - Date.now();
    if (wait > 0) await sleep(wait);
    next = Date.now() + intervalMs;
    return call();
  };
  return {
    listLive: async () => {
      const live: IvsStream[] = [];
      let nextToken: string | undefined;
      do {
        const page = await paced(() => client.send(new ListStreamsCommand({ maxResults: PAGE, nextToken })));
        for (const { channelArn = '', streamId, startTime } of page.streams ?? []) {
          const channel = parseIvsArn(channelArn, 'channel');
          if (channel === undefined || streamId === undefined) continue;
          live.push({ channelId: channel.id, channelArn, streamId, startedAt: optional(startTime) });
        }
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return live;
    },
    find: async (channelArn, streamId) => {
      if (!ivsStreamId.test(streamId)) return undefined;
      try {
        const { streamSession } = await paced(() =>
          client.send(new GetStreamSessionCommand({ channelArn, streamId })),
        );
        const events = (streamSession?.truncatedEvents ?? []).flatMap(({ name, eventTime }) =>
          name === undefined || eventTime === undefined ? [] : [{ name, at: toTimestamp(eventTime) }],
        );
        return {
          startedAt: optional(streamSession?.startTime),
          endedAt: optional(streamSession?.endTime),
          events,
        };
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
  };
}

function optional(date: Date | undefined): Timestamp | undefined {
  return date === undefined ? undefined : toTimestamp(date);
}
