import { z } from 'zod';
import { type IvsEvent, MalformedEventError, parseIvsEvent } from '../../model/ivsEvent.ts';
import { MOCK_ID_PREFIX } from '../../model/row.ts';
import { ensureChannel, ensureSession, type IvsState } from './state.ts';

/**
 * Takes an EventBridge envelope of IVS as evidence of what IVS did: its channel exists, its session happened.
 * So the control plane agrees with whatever events are replayed, in any order, any number of times.
 * An envelope that is not a session's event of IVS teaches nothing.
 */
export function learn(state: IvsState, envelope: unknown): void {
  const event = read(envelope);
  if (event === undefined || event.kind === 'stage' || event.kind === 'accountLimit') return;
  const channel = ensureChannel(state, event.channel.arn);
  const detail = sessionDetail.parse(event.detail);
  if (detail.channel_name !== undefined) channel.name = detail.channel_name;
  // Only seeding makes such ids: IVS has no session of that name, whatever is posted of it.
  if (event.streamId.startsWith(MOCK_ID_PREFIX)) return;
  ensureSession(channel, event.streamId).events.set(event.id, {
    id: event.id,
    name: event.name,
    type: event.detailType,
    eventTime: event.time,
    ...(detail.code === undefined ? {} : { code: detail.code }),
  });
}

const sessionDetail = z.object({
  channel_name: z.string().optional().catch(undefined),
  code: z.string().optional().catch(undefined),
});

function read(envelope: unknown): IvsEvent | undefined {
  try {
    return parseIvsEvent(envelope);
  } catch (error) {
    if (error instanceof MalformedEventError) return undefined;
    throw error;
  }
}
