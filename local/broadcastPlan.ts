import { addMs, type Timestamp } from '../model/time.ts';
import type { Envelope } from './eventBus/envelope.ts';

export interface BroadcastOptions {
  readonly channelArn: string;
  readonly channelName: string;
  readonly account: string;
  readonly region: string;
  readonly startsAt: Timestamp;
  /** At least `SHORTEST_BROADCAST_MS`. */
  readonly lengthMs: number;
  readonly ids: BroadcastIds;
}

/** The unique ids of a broadcast. */
export interface BroadcastIds {
  readonly streamId: string;
  /** The last part of the recording's path. */
  readonly recordingId: string;
  readonly recordingSessionId: string;
  readonly events: Readonly<Record<BroadcastEventName, string>>;
}

/** One event of a broadcast. */
export interface PlannedEvent {
  readonly name: BroadcastEventName;
  /** When it happens, from the start of the broadcast. */
  readonly offsetMs: number;
  readonly envelope: Envelope;
}

/** The events of a whole broadcast, in the order in which IVS sends them. */
export const broadcastEventNames = [
  'Session Created',
  'Recording Start',
  'Stream Start',
  'Starvation Start',
  'Starvation End',
  'Session Ended',
  'Stream End',
  'Recording End',
] as const;
export type BroadcastEventName = (typeof broadcastEventNames)[number];

/** In a shorter broadcast the events would not be in order. */
export const SHORTEST_BROADCAST_MS = 30_000;

const SECOND = 1_000;
/** The maximum length of the starvation in the middle of a stream. */
const STARVATION_MS = 11 * SECOND;
/** The time from the end of the session to the end of the recording. */
const AFTERMATH_MS = 13 * SECOND;

/**
 * Returns the ids of a new broadcast.
 *
 * @param randomId returns a new string of the given number of letters and digits
 * @param eventId returns a new event id
 */
export function broadcastIds(randomId: (length: number) => string, eventId: () => string): BroadcastIds {
  return {
    streamId: `st-${randomId(23)}`,
    recordingId: randomId(12),
    recordingSessionId: randomId(16),
    events: {
      'Session Created': eventId(),
      'Recording Start': eventId(),
      'Stream Start': eventId(),
      'Starvation Start': eventId(),
      'Starvation End': eventId(),
      'Session Ended': eventId(),
      'Stream End': eventId(),
      'Recording End': eventId(),
    },
  };
}

/** Returns the length, in milliseconds, of a broadcast from `startsAt` whose session ends after `end`. */
export function lengthUntil(startsAt: Timestamp, end: Date): number {
  // Two seconds more, because the offset and the time of an event are truncated to whole seconds.
  return end.getTime() - Date.parse(startsAt) + AFTERMATH_MS + 2 * SECOND;
}

/**
 * Plans a recorded broadcast that loses its connection for a short time in the middle. A session ends before
 * its stream, because IVS still processes data that the encoder has sent.
 */
export function planBroadcast(options: BroadcastOptions): PlannedEvent[] {
  const { lengthMs, ids } = options;
  const offsets: Record<BroadcastEventName, number> = {
    'Session Created': 0,
    'Recording Start': 6 * SECOND,
    'Stream Start': 8 * SECOND,
    'Starvation Start': lengthMs / 3,
    'Starvation End': lengthMs / 3 + Math.min(STARVATION_MS, lengthMs / 10),
    'Session Ended': lengthMs - AFTERMATH_MS,
    'Stream End': lengthMs - 10 * SECOND,
    'Recording End': lengthMs,
  };
  // The recording ends with the stream.
  const recording = recordingDetail(options, offsets['Stream End'] - offsets['Recording Start']);
  return broadcastEventNames.map(name => {
    // EventBridge's times are whole seconds.
    const offsetMs = Math.floor(offsets[name] / SECOND) * SECOND;
    const isRecording = name.startsWith('Recording');
    const detail = isRecording
      ? { recording_status: name, ...(name === 'Recording End' ? recording.end : recording.start) }
      : { event_name: name };
    return {
      name,
      offsetMs,
      envelope: {
        version: '0',
        id: ids.events[name],
        'detail-type': detailType(name),
        source: 'aws.ivs',
        account: options.account,
        time: `${addMs(options.startsAt, offsetMs).slice(0, 19)}Z`,
        region: options.region,
        resources: [options.channelArn],
        detail: { ...detail, channel_name: options.channelName, stream_id: ids.streamId },
      },
    };
  });
}

function detailType(name: BroadcastEventName): string {
  if (name.startsWith('Recording')) return 'IVS Recording State Change';
  return name.startsWith('Starvation') ? 'IVS Stream Health Change' : 'IVS Stream State Change';
}

function recordingDetail({ account, channelArn, startsAt, ids }: BroadcastOptions, durationMs: number) {
  const channelId = channelArn.slice(channelArn.lastIndexOf('/') + 1);
  const date = new Date(startsAt);
  const path = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
  ].join('/');
  const start = {
    recording_status_reason: '',
    recording_s3_bucket_name: 'recordings',
    recording_s3_key_prefix: `ivs/v1/${account}/${channelId}/${path}/${ids.recordingId}`,
    recording_duration_ms: 0,
    recording_session_id: ids.recordingSessionId,
  };
  const merged = [ids.streamId];
  return {
    start,
    end: { ...start, recording_duration_ms: durationMs, recording_session_stream_ids: merged },
  };
}
