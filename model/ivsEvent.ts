import { type IvsArn, parseIvsArn } from './arn.ts';
import { type HandledDetailType, handledDetailTypes } from './eventPattern.ts';
import { type Timestamp, timestamp } from './time.ts';
import * as z from './zod.ts';

/**
 * The members that every event of a channel's session has. `time` is when the event happened according to
 * IVS.
 */
interface SessionEventBase {
  readonly id: string;
  readonly time: Timestamp;
  readonly detailType: HandledDetailType;
  readonly channel: IvsArn;
  readonly streamId: string;
  /** The event's name in the timeline. */
  readonly name: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Session Created, Stream Start and similar events. Events with unknown names are stored and change nothing.
 */
export interface StreamStateEvent extends SessionEventBase {
  readonly kind: 'streamState';
}

export interface StreamHealthEvent extends SessionEventBase {
  readonly kind: 'streamHealth';
}

export interface StreamLimitEvent extends SessionEventBase {
  readonly kind: 'streamLimit';
}

export interface RecordingEvent extends SessionEventBase {
  readonly kind: 'recording';
  /** The S3 key prefix. Absent when the recording could not start. */
  readonly path?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly reason?: string | undefined;
  /** Every session that was merged into this recording, the first one first. At least one. */
  readonly mergedStreamIds: readonly string[];
}

/**
 * What the reconciler learned about a session from IVS at `time`. IVS sends no such event. A finding
 * overrules the events, whose clocks can be wrong.
 */
export interface FindingEvent extends SessionEventBase {
  readonly kind: 'finding';
  /** When the session started. */
  readonly startedAt: Timestamp;
  /** True when IVS was streaming the session at `time`. */
  readonly isStreaming: boolean;
}

export type SessionEvent =
  | StreamStateEvent
  | StreamHealthEvent
  | StreamLimitEvent
  | RecordingEvent
  | FindingEvent;

/** A limit breach that names a channel and no session. It belongs to the channel's open session. */
export interface ChannelLimitEvent extends Omit<StreamLimitEvent, 'kind' | 'streamId'> {
  readonly kind: 'channelLimit';
}

/** A breached limit of the whole account and Region. It names no session. */
export interface AccountLimitEvent {
  readonly kind: 'accountLimit';
  readonly id: string;
  readonly time: Timestamp;
  readonly name: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface StageEvent {
  readonly kind: 'stage';
  readonly id: string;
  readonly time: Timestamp;
  readonly stage: IvsArn;
  readonly participantId: string;
  readonly name: string;
}

export type IvsEvent = SessionEvent | ChannelLimitEvent | AccountLimitEvent | StageEvent;

/**
 * How far an event's time may be ahead of the clock when the event is handled. Events further ahead are
 * dropped.
 */
export const CLOCK_TOLERANCE_MS = 60_000;

/** An event that cannot be parsed, so a retry cannot help. `message` names the member. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

// Much longer than any recording, and small enough to subtract from any time.
const MAX_RECORDING_MS = 366 * 86_400_000;

const streamId = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be a stream id'));

/** Removes the members of an object, and the items of its lists, that are null: IVS uses null for absent. */
function withoutNulls(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const members = Object.entries(input).filter(([, member]) => member !== null);
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      Array.isArray(member) ? member.filter(item => item !== null) : member,
    ]),
  );
}

const envelope = z.object({
  id: z.string().check(z.minLength(1), z.maxLength(128)),
  'detail-type': z.enum(handledDetailTypes),
  source: z.literal('aws.ivs'),
  time: timestamp,
  resources: z._default(z.array(z.string()), []),
  detail: z.record(z.string(), z.unknown()),
});

const stateDetail = z.object({
  event_name: z.string().check(z.minLength(1), z.maxLength(128)),
  stream_id: streamId,
});
// The schema registry calls the limit `limit`, the user guide `limit_name`.
const limitDetail = z.pipe(
  z.object({
    limit_name: z.optional(z.string()),
    limit: z.optional(z.string()),
    stream_id: z.optional(streamId),
  }),
  z.transform(detail => ({ name: detail.limit_name ?? detail.limit, streamId: detail.stream_id })),
);
const recordingDetail = z.object({
  stream_id: streamId,
  recording_status: z.string().check(z.minLength(1), z.maxLength(128)),
  recording_status_reason: z.optional(z.string()),
  recording_s3_key_prefix: z.optional(z.string()),
  recording_duration_ms: z.optional(z.number().check(z.minimum(0), z.maximum(MAX_RECORDING_MS))),
  recording_session_stream_ids: z.optional(z.array(streamId)),
});
const stageDetail = z.object({
  event_name: z.string().check(z.minLength(1), z.maxLength(128)),
  event_time: z.optional(timestamp),
  participant_id: z.string().check(z.minLength(1), z.maxLength(64)),
});

/**
 * Parses one EventBridge envelope of Amazon IVS. Source of the shapes:
 * https://docs.aws.amazon.com/ivs/latest/LowLatencyUserGuide/eventbridge.html
 *
 * @throws MalformedEventError when `input` is not such an envelope. The message names the member.
 */
export function parseIvsEvent(input: unknown): IvsEvent {
  const { id, time, detail, resources, 'detail-type': detailType } = parse(envelope, input, '');
  switch (detailType) {
    case 'IVS Stage Update': {
      const { event_name, event_time, participant_id } = parse(stageDetail, detail, 'detail');
      // `event_time` is when the event happened, `time` when it was reported. Older events have no
      // `event_time`.
      return {
        kind: 'stage',
        id,
        time: event_time ?? time,
        stage: arn(resources, 'stage'),
        participantId: participant_id,
        name: event_name,
      };
    }
    case 'IVS Limit Breach': {
      const { name = 'Unknown limit', streamId } = parse(limitDetail, detail, 'detail');
      if (resources.length === 0) return { kind: 'accountLimit', id, time, name, detail };
      const breach = { id, time, detailType, channel: arn(resources, 'channel'), name, detail };
      return streamId === undefined
        ? { kind: 'channelLimit', ...breach }
        : { kind: 'streamLimit', ...breach, streamId };
    }
    case 'IVS Recording State Change': {
      const recording = parse(recordingDetail, detail, 'detail');
      return {
        kind: 'recording',
        id,
        time,
        detailType,
        channel: arn(resources, 'channel'),
        streamId: recording.stream_id,
        name: recording.recording_status,
        detail,
        path: recording.recording_s3_key_prefix || undefined,
        durationMs: recording.recording_duration_ms,
        reason: recording.recording_status_reason || undefined,
        mergedStreamIds: [
          ...new Set([...(recording.recording_session_stream_ids ?? []), recording.stream_id]),
        ],
      };
    }
    case 'IVS Stream State Change':
    case 'IVS Stream Health Change': {
      const { event_name, stream_id } = parse(stateDetail, detail, 'detail');
      const kind = detailType === 'IVS Stream State Change' ? 'streamState' : 'streamHealth';
      return {
        kind,
        id,
        time,
        detailType,
        channel: arn(resources, 'channel'),
        streamId: stream_id,
        name: event_name,
        detail,
      };
    }
  }
}

/** Finds the ARN of the given kind at any position in the event's resources. */
function arn(resources: readonly string[], kind: 'channel' | 'stage'): IvsArn {
  for (const resource of resources) {
    const found = parseIvsArn(resource, kind);
    if (found !== undefined) return found;
  }
  throw new MalformedEventError(
    `resources: must name the ARN of a ${kind} (got ${JSON.stringify(resources)})`,
  );
}

function parse<T>(schema: z.ZodMiniType<T>, input: unknown, place: string): T {
  const result = schema.safeParse(withoutNulls(input));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = [place, ...(issue?.path ?? [])].filter(part => part !== '').join('.');
  throw new MalformedEventError(`${path === '' ? 'event' : path}: ${issue?.message ?? 'invalid'}`);
}
