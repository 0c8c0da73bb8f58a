import { IvsClient } from '@aws-sdk/client-ivs';
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import { IvschatClient } from '@aws-sdk/client-ivschat';
import type { Envelope } from '../../local/eventBus/envelope.ts';
import { type IvsSimulator, type IvsSimulatorOptions, ivsSimulator } from '../../local/ivs/simulator.ts';
import { localCredentials } from '../support/database.ts';
import { serveIvs } from '../support/ivsServer.ts';

export const ACCOUNT = 'arn:aws:ivs:us-west-2:000000000000';
export const CHANNEL = `${ACCOUNT}:channel/AbCdef1G2hij`;
export const STREAM = 'st-1A2b3c4D5e6F78ghij9Klmn';

export interface TestIvs {
  readonly simulator: IvsSimulator;
  readonly client: IvsClient;
  readonly chat: IvschatClient;
  readonly realTime: IVSRealTimeClient;
  readonly endpoint: string;
  /** The events that the simulator sent by itself. */
  readonly emitted: Envelope[];
  stop(): Promise<void>;
}

/** A simulator behind HTTP, and real clients that make up to `maxAttempts` attempts. */
export async function startIvs(
  options: Omit<IvsSimulatorOptions, 'emit'> = {},
  maxAttempts = 1,
  saved = async () => {},
): Promise<TestIvs> {
  const emitted: Envelope[] = [];
  const simulator = ivsSimulator({ emit: event => emitted.push(event), ...options });
  const { endpoint, stop: stopServer } = await serveIvs(simulator, saved);
  const settings = { ...localCredentials, endpoint, maxAttempts };
  const client = new IvsClient(settings);
  const chat = new IvschatClient(settings);
  const realTime = new IVSRealTimeClient(settings);
  const stop = async () => {
    for (const one of [client, chat, realTime]) one.destroy();
    await stopServer();
  };
  return { simulator, client, chat, realTime, endpoint, emitted, stop };
}

let ids = 0;

/** An event envelope of IVS: `event_name` on `CHANNEL` at `clock`, a time of day. */
export function ivsEvent(event_name: string, clock: string, overrides: Partial<EventFacts> = {}): Envelope {
  ids += 1;
  const { channel = CHANNEL, streamId = STREAM, id = `event-${ids}`, code } = overrides;
  const detail = { channel_name: 'alice', stream_id: streamId, ...(code === undefined ? {} : { code }) };
  const isHealth = event_name.startsWith('Starvation');
  return {
    id,
    'detail-type': isHealth ? 'IVS Stream Health Change' : 'IVS Stream State Change',
    source: 'aws.ivs',
    time: `2026-01-15T${clock}Z`,
    resources: [channel],
    detail: { event_name, ...detail },
  };
}

interface EventFacts {
  readonly channel: string;
  readonly streamId: string;
  readonly id: string;
  readonly code: string;
}
