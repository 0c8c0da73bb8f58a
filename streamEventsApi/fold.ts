import type { Channel } from '../model/channel.ts';
import type { Evidence } from '../model/evidence.ts';
import type { RecordingEvent, SessionEvent } from '../model/ivsEvent.ts';
import { seedMarkOf } from '../model/row.ts';
import { type Stream, vodKeys } from '../model/stream.ts';
import type { Timestamp } from '../model/time.ts';
import { addEvidence, addMerge, addMergedStart } from './addEvidence.ts';
import { endOf, isPlaying, startOf, withDerivedAttributes, withPosition } from './session.ts';

/**
 * Adds an event to the evidence of the sessions it concerns: the session that it names and, for a recording
 * merged across reconnects, the sessions that it was merged with. `restoreInvariants` decides the place of each session
 * in the channel's order.
 *
 * @param rows The channel's sessions that were read, at least those of `sessionsOf`.
 * @returns The sessions with the new evidence; the session that the event names is the first.
 */
export function foldEvidence(
  channel: Channel,
  rows: ReadonlyMap<string, Stream>,
  event: SessionEvent,
  now: Timestamp,
): Stream[] {
  const row = (id: string) => rows.get(id) ?? newSession(channel, id, now);
  const own = row(event.streamId);
  const seen = withEvidence(own, addEvidence(own.evidence, event), now);
  if (event.kind !== 'recording') return [seen];
  if (event.name === 'Recording End') return mergeRecording(seen, others(event).map(row), event, now);
  // A Recording Start that arrives after the Recording End that merged this session.
  const carriers = Object.keys(own.evidence.recordingMerges ?? {}).map(row);
  return [
    seen,
    ...carriers.map(carrier => withEvidence(carrier, addMergedStart(carrier.evidence, seen.evidence), now)),
  ];
}

/** Returns the ids of the sessions that must be read to fold `event`, given the rows read so far. */
export function sessionsOf(event: SessionEvent, rows: ReadonlyMap<string, Stream>): string[] {
  if (event.kind !== 'recording') return [event.streamId];
  if (event.name === 'Recording End') return [...event.mergedStreamIds];
  return [event.streamId, ...Object.keys(rows.get(event.streamId)?.evidence.recordingMerges ?? {})];
}

function others(event: RecordingEvent): string[] {
  return event.mergedStreamIds.filter(id => id !== event.streamId);
}

function mergeRecording(carrier: Stream, merged: Stream[], event: RecordingEvent, now: Timestamp): Stream[] {
  const evidence = merged.reduce((known, { evidence }) => addMergedStart(known, evidence), carrier.evidence);
  return [
    withEvidence(carrier, evidence, now),
    ...merged.map(stream => withEvidence(stream, addMerge(stream.evidence, event), now)),
  ];
}

function withEvidence(stream: Stream, evidence: Evidence, now: Timestamp): Stream {
  const after = withDerivedAttributes({ ...stream, evidence, updatedAt: now });
  // A session that has not started has no place in the order, and only its own events say when it ended.
  return startOf(evidence) === undefined ? withPosition(after, 'notStarted') : after;
}

function newSession(channel: Channel, id: string, now: Timestamp): Stream {
  return {
    channelId: channel.id,
    id,
    channelArn: channel.arn,
    username: channel.username,
    playbackUrl: channel.playbackUrl,
    ...vodKeys({ channelId: channel.id }),
    isLive: false,
    isHealthy: true,
    hasErrorEvent: false,
    evidence: {},
    version: 0,
    createdAt: now,
    updatedAt: now,
    // Sessions of a seeded channel are marked as seeded, so that `make deleteSeed` deletes them with the
    // channel.
    ...seedMarkOf(channel),
  };
}

/**
 * Returns whether the event changed data that the session's place in the channel or the channel's state
 * depends on. Only such an event can change which session is open, so only it needs the channel's row.
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

/** Gives a session that has just started the channel's current title and category. */
export function withChannelTitle(channel: Channel, before: Stream | undefined, after: Stream): Stream {
  const startsNow = before?.startedAt === undefined && startOf(after.evidence) !== undefined;
  if (!startsNow) return after;
  const started = { ...after, title: channel.title, categoryId: channel.categoryId };
  return { ...started, ...vodKeys(started) };
}
