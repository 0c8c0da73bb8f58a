import type { SimulatedChannel, SimulatedEvent, SimulatedSession } from './channelState.ts';

/** What IVS would tell of a session that has these events. Times are ISO 8601. */
export interface SessionView {
  readonly streamId: string;
  readonly startTime: string;
  readonly endTime?: string;
  /** Viewers can watch, since this time. */
  readonly live?: { readonly startTime: string; readonly health: 'HEALTHY' | 'STARVING' };
  readonly hasErrorEvent: boolean;
  /** Newest first. */
  readonly events: readonly SimulatedEvent[];
}

/** Derives a session's state from its events, whatever the order in which they were learned. */
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

/** A channel's sessions, newest first. */
export function viewSessions(channel: SimulatedChannel): SessionView[] {
  return [...channel.sessions.values()]
    .map(viewSession)
    .sort((a, b) => compare(sessionKey(b), sessionKey(a)));
}

/** What orders a channel's sessions: the start, then the id. Starts all have three decimals. */
export function sessionKey({ startTime, streamId }: SessionView): string {
  return `${startTime}#${streamId}`;
}

export type LiveSession = SessionView & Required<Pick<SessionView, 'live'>>;

/** The channel's newest session if it is live: a channel has one stream at a time. */
export function liveSession(channel: SimulatedChannel): LiveSession | undefined {
  const [newest] = viewSessions(channel);
  return newest?.live === undefined ? undefined : { ...newest, live: newest.live };
}

// At one instant an End counts as the later of the two: a session is not live for ever by a tie.
function newestFirst(a: SimulatedEvent, b: SimulatedEvent): number {
  if (a.eventTime !== b.eventTime) return compare(b.eventTime, a.eventTime);
  return Number(b.name.endsWith('End')) - Number(a.name.endsWith('End'));
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
