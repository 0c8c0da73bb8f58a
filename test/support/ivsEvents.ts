import type { HandledDetailType } from '../../model/eventPattern.ts';

export const CHANNEL_ID = 'AbCdef1G2hij';
export const CHANNEL_ARN = `arn:aws:ivs:us-west-2:123456789012:channel/${CHANNEL_ID}`;
export const STAGE_ARN = 'arn:aws:ivs:us-west-2:123456789012:stage/oWXSOfbOLMte';

/** An EventBridge envelope as IVS sends it. */
export interface Envelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': HandledDetailType;
  readonly source: 'aws.ivs';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

let made = 0;

function envelope(
  detailType: HandledDetailType,
  time: string,
  detail: Record<string, unknown>,
  overrides: Partial<Envelope> = {},
): Envelope {
  return {
    version: '0',
    id: `event-${++made}`,
    'detail-type': detailType,
    source: 'aws.ivs',
    account: '123456789012',
    time,
    region: 'us-west-2',
    resources: [CHANNEL_ARN],
    detail,
    ...overrides,
  };
}

type Overrides = Partial<Envelope>;

export function stateEvent(name: string, streamId: string, time: string, overrides?: Overrides): Envelope {
  return envelope(
    'IVS Stream State Change',
    time,
    { event_name: name, channel_name: 'c', stream_id: streamId },
    overrides,
  );
}

export function healthEvent(name: string, streamId: string, time: string, overrides?: Overrides): Envelope {
  return envelope(
    'IVS Stream Health Change',
    time,
    { event_name: name, channel_name: 'c', stream_id: streamId },
    overrides,
  );
}

export function limitEvent(streamId: string, time: string, overrides?: Overrides): Envelope {
  const detail = {
    limit_name: 'Ingest Bitrate',
    limit_value: 8500000,
    exceeded_by: 12,
    limit_unit: 'bits per second',
    channel_name: 'c',
    stream_id: streamId,
  };
  return envelope('IVS Limit Breach', time, detail, overrides);
}

export function accountLimitEvent(time: string): Envelope {
  const detail = {
    limit_name: 'Concurrent Viewers',
    limit_value: 10,
    exceeded_by: 11,
    limit_unit: 'viewers',
  };
  return envelope('IVS Limit Breach', time, detail, { resources: [] });
}

export interface Recording {
  readonly path?: string;
  readonly durationMs?: number;
  readonly reason?: string;
  readonly streamIds?: readonly string[];
}

export function recordingEvent(
  status: string,
  streamId: string,
  time: string,
  { path = 'ivs/v1/p', durationMs = 0, reason = '', streamIds }: Recording = {},
  overrides?: Overrides,
): Envelope {
  const detail = {
    channel_name: 'c',
    stream_id: streamId,
    recording_status: status,
    recording_status_reason: reason,
    recording_s3_bucket_name: 'b',
    recording_s3_key_prefix: path,
    recording_duration_ms: durationMs,
    recording_session_id: 'a6RfV23ES97iyfoQ',
    ...(streamIds === undefined ? {} : { recording_session_stream_ids: streamIds }),
  };
  return envelope('IVS Recording State Change', time, detail, overrides);
}

export function stageEvent(
  name: string,
  participantId: string,
  time: string,
  overrides?: Overrides,
): Envelope {
  const detail = {
    session_id: 'st-1CVugbu2cf2n8',
    event_name: name,
    event_time: time,
    user_id: 'u',
    participant_id: participantId,
  };
  return envelope('IVS Stage Update', time, detail, { resources: [STAGE_ARN], ...overrides });
}

/** Second `n` of the day of the tests, in the format of IVS. */
export function second(n: number): string {
  return new Date(Date.UTC(2026, 0, 15, 10, 0, n)).toISOString().replace('.000', '');
}
