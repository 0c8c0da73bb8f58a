import { randomUUID } from 'node:crypto';
import { parseIvsArn } from '../../model/arn.ts';
import type { Envelope } from '../eventBus/envelope.ts';

interface Named {
  readonly arn: string;
  readonly name: string;
}

/** Returns the events for the end of a session, in the order in which IVS sends them. */
export function endEvents({ arn, name }: Named, streamId: string, at: Date): Envelope[] {
  return ['Session Ended', 'Stream End'].map(event_name => ({
    ...envelopeOf(arn, 'channel', 'IVS Stream State Change', at),
    detail: { event_name, channel_name: name, stream_id: streamId },
  }));
}

/** Returns the event for a participant who stopped publishing on a stage. */
export function unpublishedEvent(
  { arn }: Named,
  participant: { readonly sessionId: string; readonly participantId: string; readonly userId: string },
  at: Date,
): Envelope {
  const envelope = envelopeOf(arn, 'stage', 'IVS Stage Update', at);
  return {
    ...envelope,
    detail: {
      session_id: participant.sessionId,
      event_name: 'Participant Unpublished',
      event_time: envelope.time,
      user_id: participant.userId,
      participant_id: participant.participantId,
    },
  };
}

function envelopeOf(arn: string, resource: 'channel' | 'stage', detailType: string, at: Date) {
  const { account, region } = parseIvsArn(arn, resource) ?? {};
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source: 'aws.ivs',
    account,
    time: at.toISOString(),
    region,
    resources: [arn],
  };
}
