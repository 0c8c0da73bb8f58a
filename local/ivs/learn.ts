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
 * Takes an EventBridge envelope of IVS as evidence of what IVS did: its channel exists, its session happened.
 * So the control planes agree with whatever events are replayed, in any order, any number of times.
 * An envelope that is no event of a session or a stage, or is dated too far ahead of `now`, teaches nothing. What has been deleted stays deleted.
 */
export function learn(state: IvsState, envelope: unknown, now: Date): void {
  const event = read(envelope);
  if (event === undefined || event.kind === 'accountLimit' || event.kind === 'channelLimit') return;
  // The handler drops such an event. Learned, it would be the channel's newest session for as long as it is ahead.
  if (Date.parse(event.time) > now.getTime() + CLOCK_TOLERANCE_MS) return;
  if (event.kind === 'stage') learnOfStage(state, event, envelope);
  else learnOfSession(state, event);
}

function learnOfSession(state: IvsState, event: SessionEvent): void {
  const channel = ensureChannel(state, event.channel.arn);
  const detail = sessionDetail.parse(event.detail);
  if (channel.name === '' && detail.channel_name !== undefined)
    state.putChannel({ ...channel, name: detail.channel_name });
  // Only seeding makes such ids: IVS has no session of that name, whatever is posted of it.
  if (event.streamId.startsWith(MOCK_ID_PREFIX)) return;
  state.putSessionEvent(channel.arn, event.streamId, {
    id: event.id,
    name: event.name,
    type: event.detailType,
    eventTime: event.time,
    ...(detail.code === undefined ? {} : { code: detail.code }),
  });
}

function learnOfStage(state: IvsState, event: StageEvent, envelope: unknown): void {
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

function read(envelope: unknown): IvsEvent | undefined {
  try {
    return parseIvsEvent(envelope);
  } catch (error) {
    if (error instanceof MalformedEventError) return undefined;
    throw error;
  }
}
