import type { Channel } from '../model/channel.ts';
import type { Evidence } from '../model/evidence.ts';
import type { RecordingEvent, SessionEvent } from '../model/ivsEvent.ts';
import { seedMarkOf } from '../model/row.ts';
import type { Stream } from '../model/stream.ts';
import type { Timestamp } from '../model/time.ts';
import { described, endOf, isPlaying, placed, startOf } from './session.ts';
import { witness, witnessMerge, witnessMergedStart } from './witness.ts';

/**
 * The sessions an event bears upon, with what it makes of their evidence: the one it names and, for a
 * recording merged over reconnects, the ones it was merged with. Where each stands in the channel's order is
 * not looked at: that is `settle`'s.
 *
 * @param rows the channel's sessions that were read, at least those of `sessionsOf`.
 */
export function foldEvidence(
  channel: Channel,
  rows: ReadonlyMap<string, Stream>,
  event: SessionEvent,
  now: Timestamp,
): Stream[] {
  const row = (id: string) => rows.get(id) ?? newSession(channel, id, now);
  const own = row(event.streamId);
  const seen = withEvidence(own, witness(own.evidence, event), now);
  if (event.kind !== 'recording') return [seen];
  if (event.name === 'Recording End') return mergeRecording(seen, others(event).map(row), event, now);
  // A start that comes after the End which took this session's recording in.
  const carriers = Object.keys(own.evidence.recordingMerges ?? {}).map(row);
  return [
    seen,
    ...carriers.map(carrier =>
      withEvidence(carrier, witnessMergedStart(carrier.evidence, seen.evidence), now),
    ),
  ];
}

/** The ids of the sessions that must be read to fold `event`, given what is known of them so far. */
export function sessionsOf(event: SessionEvent, rows: ReadonlyMap<string, Stream>): string[] {
  if (event.kind !== 'recording') return [event.streamId];
  if (event.name === 'Recording End') return [...event.mergedStreamIds];
  return [event.streamId, ...Object.keys(rows.get(event.streamId)?.evidence.recordingMerges ?? {})];
}

function others(event: RecordingEvent): string[] {
  return event.mergedStreamIds.filter(id => id !== event.streamId);
}

function mergeRecording(carrier: Stream, merged: Stream[], event: RecordingEvent, now: Timestamp): Stream[] {
  const evidence = merged.reduce(
    (known, { evidence }) => witnessMergedStart(known, evidence),
    carrier.evidence,
  );
  return [
    withEvidence(carrier, evidence, now),
    ...merged.map(stream => withEvidence(stream, witnessMerge(stream.evidence, event), now)),
  ];
}

function withEvidence(stream: Stream, evidence: Evidence, now: Timestamp): Stream {
  const after = described({ ...stream, evidence, updatedAt: now });
  // Until it starts, a session has no place among the others, and only its own events say when it ended.
  return startOf(evidence) === undefined ? placed(after, 'notStarted') : after;
}

function newSession(channel: Channel, id: string, now: Timestamp): Stream {
  return {
    channelId: channel.id,
    id,
    channelArn: channel.arn,
    username: channel.username,
    playbackUrl: channel.playbackUrl,
    isLive: false,
    isHealthy: true,
    hasErrorEvent: false,
    evidence: {},
    version: 0,
    createdAt: now,
    updatedAt: now,
    // What hangs on a seeded channel is seeded: `make deleteSeed` takes it away with the channel.
    ...seedMarkOf(channel),
  };
}

/**
 * Whether the event changed what a session's place in the channel or the channel's state depends on. Nothing
 * else of an event can change what is open, so nothing else needs the channel's row.
 */
export function isLifecycleChange(before: Stream | undefined, after: Stream): boolean {
  const known = before?.evidence ?? {};
  const { evidence } = after;
  return (
    startOf(evidence) !== undefined &&
    (startOf(known) !== startOf(evidence) ||
      endOf(known) !== endOf(evidence) ||
      isPlaying(known) !== isPlaying(evidence))
  );
}

/** A session that has just started takes the channel's title and category as they are now. */
export function titled(channel: Channel, before: Stream | undefined, after: Stream): Stream {
  const startsNow = before?.startedAt === undefined && startOf(after.evidence) !== undefined;
  return startsNow ? { ...after, title: channel.title, categoryId: channel.categoryId } : after;
}
