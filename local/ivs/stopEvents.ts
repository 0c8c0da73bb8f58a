import { randomUUID } from 'node:crypto';
import { parseIvsArn } from '../../model/arn.ts';
import type { Envelope } from '../eventBus/envelope.ts';

interface Named {
  readonly arn: string;
  readonly name: string;
}

/** The events with which IVS tells that a session ended at `at`, in the order IVS sends them. */
export function endEvents({ arn, name }: Named, streamId: string, at: Date): Envelope[] {
  return ['Session Ended', 'Stream End'].map(event_name => ({
    ...frame(arn, 'channel', 'IVS Stream State Change', at),
    detail: { event_name, channel_name: name, stream_id: streamId },
  }));
}

/** The event with which IVS tells that somebody no longer publishes on a stage, since `at`. */
export function unpublishedEvent(
  { arn }: Named,
  participant: { readonly sessionId: string; readonly participantId: string; readonly userId: string },
  at: Date,
): Envelope {
  const envelope = frame(arn, 'stage', 'IVS Stage Update', at);
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

function frame(arn: string, resource: 'channel' | 'stage', detailType: string, at: Date) {
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
