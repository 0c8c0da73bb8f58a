import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetStreamSessionCommand,
  type IvsClient,
  ListStreamsCommand,
  ResourceNotFoundException,
  type StreamSession,
} from '@aws-sdk/client-ivs';
import { parseIvsArn } from '../model/arn.ts';
import { type Encoder, encoder } from '../model/stream.ts';
import { type Timestamp, toTimestamp } from '../model/time.ts';

/** A stream that IVS lists as live. */
export interface IvsStream {
  readonly channelId: string;
  readonly channelArn: string;
  readonly streamId: string;
  readonly startedAt: Timestamp | undefined;
}

/** A session as IVS stores it, for 60 days. */
export interface IvsSession {
  readonly startedAt: Timestamp | undefined;
  /** Undefined while the session is open. */
  readonly endedAt: Timestamp | undefined;
  /** The latest events of the session, at most 500. */
  readonly events: readonly { readonly name: string; readonly at: Timestamp }[];
  /** Undefined while IVS has not detected it. */
  readonly encoder?: Encoder;
}

/** Reads sessions from IVS within its quotas. */
export interface IvsSessions {
  /**
   * Lists every live stream.
   * @throws The SDK's error. It never returns a partial list.
   */
  listLive(): Promise<IvsStream[]>;
  /** Returns a session, or undefined when IVS does not know it. */
  find(channelArn: string, streamId: string): Promise<IvsSession | undefined>;
}

// IVS allows 5 calls per second of each operation in an account and Region, shared with other callers.
const CALL_INTERVAL_MS = 250;
const PAGE = 100;

// The API rejects any other id. No session has one.
const ivsStreamId = /^st-[A-Za-z0-9]{23}$/;

/** Creates a reader that calls IVS through `client` one call at a time, at least `intervalMs` apart. */
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
          ...encoderOf(streamSession),
        };
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
  };
}

/** Returns the configuration of the first audio track, and of the video track with the most lines. */
function encoderOf(session: StreamSession | undefined): Pick<IvsSession, 'encoder'> {
  const all = session?.ingestConfigurations;
  const one = session?.ingestConfiguration;
  const videos = (all?.videoConfigurations ?? []).toSorted(
    (a, b) => (b.videoHeight ?? 0) - (a.videoHeight ?? 0),
  );
  const video = videos[0] ?? one?.video;
  const audio = all?.audioConfigurations?.[0] ?? one?.audio;
  if (video === undefined && audio === undefined) return {};
  const found = {
    video: present({
      codec: video?.codec,
      width: video?.videoWidth,
      height: video?.videoHeight,
      framerate: video?.targetFramerate,
      bitrate: video?.targetBitrate,
    }),
    audio: present({
      codec: audio?.codec,
      bitrate: audio?.targetBitrate,
      sampleRate: audio?.sampleRate,
      channels: audio?.channels,
    }),
  };
  return { encoder: encoder.parse(found) };
}

/** Leaves out what IVS does not know: it then sends nothing, an empty text or 0. */
const present = (values: Readonly<Record<string, string | number | undefined>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value));

function optional(date: Date | undefined): Timestamp | undefined {
  return date === undefined ? undefined : toTimestamp(date);
}
