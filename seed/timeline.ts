import type { HandledDetailType } from '../model/eventPattern.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { occurrenceId, type StreamEvent } from '../model/streamEvent.ts';
import type { Timestamp } from '../model/time.ts';
import type { Identity } from './identity.ts';
import { momentsOf, recordedMs, recordingPath } from './moments.ts';
import type { Session } from './session.ts';

/** Returns the events of a session in order, as rows of its timeline. */
export function timelineOf(who: Identity, session: Session): StreamEvent[] {
  return eventsOf(who, session).map((event, order) => {
    const { time } = event;
    const detail = { ...event.detail, channel_name: who.username, stream_id: who.streamId };
    const occurrence = { ...event, channelId: who.channelId, detail };
    return {
      streamId: who.streamId,
      id: occurrenceId(occurrence),
      eventId: `${who.streamId}-event-${order}`,
      ...occurrence,
      createdAt: time,
      updatedAt: time,
    };
  });
}

interface SessionEvent {
  readonly time: Timestamp;
  readonly name: string;
  readonly detailType: HandledDetailType;
  readonly detail: Readonly<Record<string, unknown>>;
}

function eventsOf(who: Identity, session: Session): SessionEvent[] {
  const { endedAt, hasErrorEvent, hadHiccup, isHealthy, isRecorded } = session;
  const at = momentsOf(session);
  const isOver = endedAt !== undefined;
  return [
    state(at.created, 'Session Created'),
    state(at.playing, 'Stream Start'),
    ...(isRecorded ? [recording(at.recording, 'Recording Start', 0, who, session)] : []),
    ...(hasErrorEvent ? [{ ...limitBreach, time: at.middle }] : []),
    ...(hadHiccup ? [health(at.middle, 'Starvation Start'), health(at.recovered, 'Starvation End')] : []),
    ...(isHealthy ? [] : [health(at.starving, 'Starvation Start')]),
    ...(isOver ? [state(endedAt, 'Session Ended'), state(at.stopped, 'Stream End')] : []),
    ...(isOver && isRecorded
      ? [recording(at.recorded, 'Recording End', recordedMs(session), who, session)]
      : []),
  ];
}

function state(time: Timestamp, name: string): SessionEvent {
  return { time, name, detailType: 'IVS Stream State Change', detail: { event_name: name } };
}

function health(time: Timestamp, name: string): SessionEvent {
  return { time, name, detailType: 'IVS Stream Health Change', detail: { event_name: name } };
}

const limitBreach: Omit<SessionEvent, 'time'> = {
  name: 'Ingest Bitrate',
  detailType: 'IVS Limit Breach',
  detail: {
    limit_name: 'Ingest Bitrate',
    limit_value: 8_500_000,
    exceeded_by: 310_000,
    limit_unit: 'bits per second',
  },
};

function recording(
  time: Timestamp,
  name: 'Recording Start' | 'Recording End',
  durationMs: number,
  who: Identity,
  session: Session,
): SessionEvent {
  return {
    time,
    name,
    detailType: 'IVS Recording State Change',
    detail: {
      recording_status: name,
      recording_status_reason: '',
      recording_s3_bucket_name: `${MOCK_ID_PREFIX}recordings`,
      recording_s3_key_prefix: recordingPath(who, session),
      recording_duration_ms: durationMs,
      recording_session_id: who.streamId,
      ...(name === 'Recording End' ? { recording_session_stream_ids: [who.streamId] } : {}),
    },
  };
}
