import type { SimulatedChannel, SimulatedEvent, SimulatedSession } from './channelState.ts';

/** The state of a session, derived from its events. Times are in ISO 8601. */
export interface SessionView {
  readonly streamId: string;
  readonly startTime: string;
  readonly endTime?: string;
  /** Present while viewers can watch. `startTime` is the time of the first Stream Start. */
  readonly live?: { readonly startTime: string; readonly health: 'HEALTHY' | 'STARVING' };
  readonly hasErrorEvent: boolean;
  /** Newest first. */
  readonly events: readonly SimulatedEvent[];
}

/** Derives a session's state from its events. Their order of arrival does not matter. */
function viewSession({ streamId, events: known }: SimulatedSession): SessionView {
  const events = [...known.values()].sort(newestFirst);
  const earliest = (name: string) => events.findLast(event => event.name === name)?.eventTime;
  const playback = events.find(event => event.name === 'Stream Start' || event.name === 'Stream End');
  const firstStart = earliest('Stream Start');
  const ends = [
    earliest('Session Ended'),
    earliest('Stream Failure'),
    playback?.name === 'Stream End' ? playback.eventTime : undefined,
  ].filter(time => time !== undefined);
  const endTime = ends.sort()[0];
  const startTime = earliest('Session Created') ?? firstStart ?? events.at(-1)?.eventTime ?? '';
  const starved =
    events.find(event => event.type === 'IVS Stream Health Change')?.name === 'Starvation Start';
  const live = firstStart !== undefined && endTime === undefined;
  return {
    streamId,
    startTime,
    ...(endTime === undefined ? {} : { endTime }),
    ...(live ? { live: { startTime: firstStart, health: starved ? 'STARVING' : 'HEALTHY' } } : {}),
    hasErrorEvent: events.some(event => event.type === 'IVS Limit Breach' || event.name === 'Stream Failure'),
    events,
  };
}

/** Returns a channel's sessions, newest first. */
export function viewSessions(channel: SimulatedChannel): SessionView[] {
  return [...channel.sessions.values()]
    .map(viewSession)
    .sort((a, b) => compare(sessionKey(b), sessionKey(a)));
}

/** The sort key of a channel's sessions: the start time, then the id. All start times have three decimals. */
export function sessionKey({ startTime, streamId }: SessionView): string {
  return `${startTime}#${streamId}`;
}

export type LiveSession = SessionView & Required<Pick<SessionView, 'live'>>;

/** Returns the channel's newest session if it is live. A channel has one stream at a time. */
export function liveSession(channel: SimulatedChannel): LiveSession | undefined {
  const [newest] = viewSessions(channel);
  return newest?.live === undefined ? undefined : { ...newest, live: newest.live };
}

// Of two events at the same time, the End is the later one. Otherwise a session could stay live forever.
function newestFirst(a: SimulatedEvent, b: SimulatedEvent): number {
  if (a.eventTime !== b.eventTime) return compare(b.eventTime, a.eventTime);
  return Number(b.name.endsWith('End')) - Number(a.name.endsWith('End'));
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
