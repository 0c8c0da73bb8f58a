import { randomUUID } from 'node:crypto';
import { parseIvsArn } from '../../model/arn.ts';
import type { Envelope } from '../eventBus/envelope.ts';
import type { SimulatedChannel } from './state.ts';

/** The events with which IVS tells that a session ended at `at`, in the order IVS sends them. */
export function endEvents({ arn, name }: SimulatedChannel, streamId: string, at: Date): Envelope[] {
  const { account, region } = parseIvsArn(arn, 'channel') ?? {};
  return ['Session Ended', 'Stream End'].map(event_name => ({
    version: '0',
    id: randomUUID(),
    'detail-type': 'IVS Stream State Change',
    source: 'aws.ivs',
    account,
    time: at.toISOString(),
    region,
    resources: [arn],
    detail: { event_name, channel_name: name, stream_id: streamId },
  }));
}
