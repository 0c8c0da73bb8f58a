import type { EventOutcome } from '../streamEventsApi/handleEvent.ts';
import type { LocalOutcome } from './awsEndpoint/localControl.ts';
import { type Envelope, eventName } from './eventBus/envelope.ts';
import type { EventBus } from './eventBus/eventBus.ts';
import type { IvsSimulator } from './ivs/simulator.ts';
import type { WriteLine } from './log.ts';

export interface EventReceiverOptions {
  readonly ivs: IvsSimulator;
  readonly bus: EventBus<EventOutcome>;
  readonly log: WriteLine;
}

/**
 * Takes every event that reaches the local bus, from wherever it comes: the simulator learns what IVS did, and the
 * bus delivers it. An event that is not delivered is one that happened and that IVS never sent.
 */
export function eventReceiver({ ivs, bus, log }: EventReceiverOptions) {
  return async (event: Envelope, deliver: boolean): Promise<LocalOutcome> => {
    ivs.learn(event);
    const outcome: LocalOutcome = deliver ? await bus.deliver(event) : { result: 'undelivered' };
    const reason = 'reason' in outcome ? ` (${outcome.reason})` : '';
    log(`event ${eventName(event)} ${lastPart(event.resources[0])} ${outcome.result}${reason}`);
    return outcome;
  };
}

function lastPart(arn = 'account'): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
