import * as z from 'zod';
import { type IvsArn, parseIvsArn } from './arn.ts';
import { type HandledDetailType, handledDetailTypes } from './eventPattern.ts';
import { type Timestamp, timestamp } from './time.ts';

/** What every event of a channel's session has. `time` is when IVS says it happened. */
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

/** Session Created, Stream Start and the like. Names that are not known yet are kept and change nothing. */
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
  /** The S3 key prefix; absent when recording could not start. */
  readonly path?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly reason?: string | undefined;
  /** Every session merged into this recording, the one it began with first. At least one. */
  readonly mergedStreamIds: readonly string[];
}

/**
 * What the reconciler learned of a session from IVS itself at `time`: no event of IVS says it. It overrules what the
 * events say, whose clocks can be wrong.
 */
export interface FindingEvent extends SessionEventBase {
  readonly kind: 'finding';
  /** When the session started. */
  readonly startedAt: Timestamp;
  /** IVS streamed the session at `time`. */
  readonly isStreaming: boolean;
}

export type SessionEvent =
  | StreamStateEvent
  | StreamHealthEvent
  | StreamLimitEvent
  | RecordingEvent
  | FindingEvent;

/** A limit breach that names a channel and no session: it belongs to the session that is open. */
export interface ChannelLimitEvent extends Omit<StreamLimitEvent, 'kind' | 'streamId'> {
  readonly kind: 'channelLimit';
}

/** A limit of the whole account and Region: it names no session. */
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

/** How far ahead of the clock at its handling an event may be dated: what is further ahead is evidence of nothing. */
export const CLOCK_TOLERANCE_MS = 60_000;

/** An event that cannot be read: trying it again cannot help. `message` names the place. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

// Longer than any recording by far, and short enough to take from any time.
const MAX_RECORDING_MS = 366 * 86_400_000;

const streamId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be a stream id');

/** `null` is the same as absent: an object without the members that are null, and its lists without their nulls. */
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
  id: z.string().min(1).max(128),
  'detail-type': z.enum(handledDetailTypes),
  source: z.literal('aws.ivs'),
  time: timestamp,
  resources: z.array(z.string()).default([]),
  detail: z.record(z.string(), z.unknown()),
});

const stateDetail = z.object({ event_name: z.string().min(1).max(128), stream_id: streamId });
// The schema registry calls the limit `limit`, the user guide `limit_name`.
const limitDetail = z
  .object({ limit_name: z.string().optional(), limit: z.string().optional(), stream_id: streamId.optional() })
  .transform(detail => ({ name: detail.limit_name ?? detail.limit, streamId: detail.stream_id }));
const recordingDetail = z.object({
  stream_id: streamId,
  recording_status: z.string().min(1).max(128),
  recording_status_reason: z.string().optional(),
  recording_s3_key_prefix: z.string().optional(),
  recording_duration_ms: z.number().min(0).max(MAX_RECORDING_MS).optional(),
  recording_session_stream_ids: z.array(streamId).optional(),
});
const stageDetail = z.object({
  event_name: z.string().min(1).max(128),
  event_time: timestamp.optional(),
  participant_id: z.string().min(1).max(64),
});

/**
 * Reads one EventBridge envelope of Amazon IVS, as `reference` shapes have it
 * (https://docs.aws.amazon.com/ivs/latest/LowLatencyUserGuide/eventbridge.html).
 *
 * @throws MalformedEventError when it is not one; the message says where.
 */
export function parseIvsEvent(input: unknown): IvsEvent {
  const { id, time, detail, resources, 'detail-type': detailType } = parse(envelope, input, '');
  switch (detailType) {
    case 'IVS Stage Update': {
      const { event_name, event_time, participant_id } = parse(stageDetail, detail, 'detail');
      // `event_time` is when it happened; the envelope's is when it was told. Older events lack the first.
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

/** The resource of a kind, wherever it stands among those that the event names. */
function arn(resources: readonly string[], kind: 'channel' | 'stage'): IvsArn {
  for (const resource of resources) {
    const found = parseIvsArn(resource, kind);
    if (found !== undefined) return found;
  }
  throw new MalformedEventError(
    `resources: must name the ARN of a ${kind} (got ${JSON.stringify(resources)})`,
  );
}

function parse<T>(schema: z.ZodType<T>, input: unknown, place: string): T {
  const result = schema.safeParse(withoutNulls(input));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = [place, ...(issue?.path ?? [])].filter(part => part !== '').join('.');
  throw new MalformedEventError(`${path === '' ? 'event' : path}: ${issue?.message ?? 'invalid'}`);
}
