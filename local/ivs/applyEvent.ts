import { z } from 'zod';
import {
  CLOCK_TOLERANCE_MS,
  type IvsEvent,
  MalformedEventError,
  parseIvsEvent,
  type SessionEvent,
  type StageEvent,
} from '../../model/ivsEvent.ts';
import { MOCK_ID_PREFIX } from '../../model/row.ts';
import { ensureChannel, ensureStage, type IvsState } from './state.ts';

/**
 * Updates the simulator's state from an event of IVS: afterwards its channel and session exist. Events can be
 * replayed in any order and any number of times. Events that are not about a session or stage, or too far in
 * the future, change nothing. Deleted resources stay deleted.
 */
export function applyEvent(state: IvsState, envelope: unknown, now: Date): void {
  const event = parse(envelope);
  if (event === undefined || event.kind === 'accountLimit' || event.kind === 'channelLimit') return;
  // The handler drops such an event too. Otherwise its session would be the newest one until that time.
  if (Date.parse(event.time) > now.getTime() + CLOCK_TOLERANCE_MS) return;
  if (event.kind === 'stage') applyStageEvent(state, event, envelope);
  else applySessionEvent(state, event);
}

function applySessionEvent(state: IvsState, event: SessionEvent): void {
  const channel = ensureChannel(state, event.channel.arn);
  const detail = sessionDetail.parse(event.detail);
  if (channel.name === '' && detail.channel_name !== undefined)
    state.putChannel({ ...channel, name: detail.channel_name });
  // Only seeded sessions have such ids. IVS never has them.
  if (event.streamId.startsWith(MOCK_ID_PREFIX)) return;
  state.putSessionEvent(channel.arn, event.streamId, {
    id: event.id,
    name: event.name,
    type: event.detailType,
    eventTime: event.time,
    ...(detail.code === undefined ? {} : { code: detail.code }),
  });
}

function applyStageEvent(state: IvsState, event: StageEvent, envelope: unknown): void {
  const { id, name, participantId, stage, time } = event;
  const { detail } = stageEnvelope.parse(envelope);
  const participant = { id, name, participantId, at: time, userId: detail.user_id };
  ensureStage(state, stage.arn);
  state.putParticipantEvent(stage.arn, { ...participant, sessionId: detail.session_id });
}

const sessionDetail = z.object({
  channel_name: z.string().optional().catch(undefined),
  code: z.string().optional().catch(undefined),
});

const stageEnvelope = z.object({
  detail: z.object({ session_id: z.string().catch(''), user_id: z.string().catch('') }),
});

function parse(envelope: unknown): IvsEvent | undefined {
  try {
    return parseIvsEvent(envelope);
  } catch (error) {
    if (error instanceof MalformedEventError) return undefined;
    throw error;
  }
}
