import { durationMs, type StartedStream } from '../../domain/startedStream.ts';
import type { RecordingBody, StreamBody } from './schemas.ts';

/** A stream in the shape the API shows it in. */
export function shapeStream(stream: StartedStream): StreamBody {
  return {
    id: stream.id,
    title: stream.title ?? null,
    categoryId: stream.categoryId ?? null,
    startedAt: stream.startedAt,
    endedAt: stream.endedAt ?? null,
    durationMs: durationMs(stream) ?? null,
    isOpen: stream.isOpen !== undefined,
    isLive: stream.isLive,
    isHealthy: stream.isHealthy,
    hasErrorEvent: stream.hasErrorEvent,
    recording: shapeRecording(stream),
  };
}

function shapeRecording(stream: StartedStream): RecordingBody | null {
  const status = stream.recordingStreamId === undefined ? stream.recordingStatus : 'merged';
  if (status === undefined) return null;
  return {
    status,
    streamId: stream.recordingStreamId ?? stream.id,
    startedAt: stream.recordingStartedAt ?? null,
    endedAt: stream.recordingEndedAt ?? null,
    durationMs: stream.recordingDurationMs ?? null,
    path: stream.recordingPath ?? null,
    failureReason: stream.recordingFailureReason ?? null,
  };
}
