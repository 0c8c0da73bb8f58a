import type { ParticipantEvent, SimulatedStage } from './stageState.ts';

/** The simulator's own event for a participant who left a stage. IVS sends no such event. */
export const DISCONNECTED = 'Participant Disconnected';

export interface ParticipantView {
  readonly participantId: string;
  readonly userId: string;
  readonly state: 'CONNECTED' | 'DISCONNECTED';
  readonly firstJoinTime: string;
  /** Whether the participant is publishing or has published in this session. */
  readonly published: boolean;
  readonly isPublishing: boolean;
  readonly leftAt?: string;
}

export interface StageSessionView {
  readonly sessionId: string;
  readonly startTime: string;
  readonly endTime?: string;
  readonly participants: readonly ParticipantView[];
}

/**
 * Derives a stage's sessions, newest first, from its participants' events. Their order of arrival does not
 * matter. A session ends when all participants have left.
 */
export function viewStageSessions({ events }: SimulatedStage): StageSessionView[] {
  const known = [...events.values()];
  const ids = [...new Set(known.map(event => event.sessionId))];
  return ids
    .map(id =>
      viewSession(
        id,
        known.filter(event => event.sessionId === id),
      ),
    )
    .sort((a, b) => (stageSessionKey(a) > stageSessionKey(b) ? -1 : 1));
}

/** Returns the session that has not ended. */
export function activeSession(stage: SimulatedStage): StageSessionView | undefined {
  return viewStageSessions(stage).find(session => session.endTime === undefined);
}

/** The sort key of a stage's sessions: the start time, then the id. */
export function stageSessionKey({ startTime, sessionId }: StageSessionView): string {
  return `${startTime}#${sessionId}`;
}

function viewSession(sessionId: string, events: readonly ParticipantEvent[]): StageSessionView {
  const ids = [...new Set(events.map(event => event.participantId))];
  const participants = ids.map(id => viewParticipant(events.filter(event => event.participantId === id)));
  const [startTime = ''] = events.map(event => event.at).sort();
  const left = participants.map(participant => participant.leftAt);
  const endTime = left.includes(undefined) ? undefined : left.sort().at(-1);
  return { sessionId, startTime, ...(endTime === undefined ? {} : { endTime }), participants };
}

function viewParticipant(events: readonly ParticipantEvent[]): ParticipantView {
  const ordered = [...events].sort((a, b) => (orderKey(a) < orderKey(b) ? -1 : 1));
  const latest = ordered.at(-1);
  const leftAt = latest?.name === DISCONNECTED ? latest.at : undefined;
  return {
    participantId: latest?.participantId ?? '',
    userId: latest?.userId ?? '',
    state: leftAt === undefined ? 'CONNECTED' : 'DISCONNECTED',
    firstJoinTime: ordered[0]?.at ?? '',
    published: ordered.some(event => event.name === 'Participant Published'),
    isPublishing: latest?.name === 'Participant Published',
    ...(leftAt === undefined ? {} : { leftAt }),
  };
}

// The order of events at the same time: leaving is the last one, and before it the end of publishing.
const sequence = ['Participant Published', 'Participant Unpublished', DISCONNECTED];

function orderKey({ at, name }: ParticipantEvent): string {
  return `${at}#${sequence.indexOf(name)}`;
}
