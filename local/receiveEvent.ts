import type { EventOutcome } from '../streamEventsApi/handleEvent.ts';
import type { LocalOutcome } from './awsEndpoint/localControl.ts';
import { type Envelope, envelope, eventName } from './eventBus/envelope.ts';
import type { EventBus } from './eventBus/eventBus.ts';
import type { IvsSimulator } from './ivs/simulator.ts';
import type { KeptState } from './keptState.ts';
import type { WriteLine } from './log.ts';

export interface EventReceiverOptions {
  readonly ivs: IvsSimulator;
  readonly bus: EventBus<EventOutcome>;
  readonly log: WriteLine;
  readonly kept: KeptState;
}

const ON_ITS_WAY = 'event';

/**
 * Takes every event that reaches the local bus, from wherever it comes: the simulator learns what IVS did, and the
 * bus delivers it.
 */
export function eventReceiver({ ivs, bus, log, kept }: EventReceiverOptions) {
  /** An event that is not delivered is one that happened and that IVS never sent. */
  const receive = async (event: Envelope, deliver: boolean): Promise<LocalOutcome> => {
    ivs.learn(event);
    const outcome: LocalOutcome = deliver ? await bus.deliver(event) : { result: 'undelivered' };
    const reason = 'reason' in outcome ? ` (${outcome.reason})` : '';
    log(`event ${eventName(event)} ${lastPart(event.resources[0])} ${outcome.result}${reason}`);
    return outcome;
  };
  const deliverKept = async (id: string, event: Envelope) => {
    await receive(event, true);
    // It is handled or in the dead letters. Killed before this is written, it is handled twice, which changes nothing.
    kept.remove(ON_ITS_WAY, id);
  };
  return {
    receive,
    /** Takes an event to be delivered after the answer, and after a restart if this process ends before. */
    accept: (event: Envelope) => {
      const id = kept.newId();
      kept.put(ON_ITS_WAY, id, event);
      void deliverKept(id, event);
    },
    /** Delivers what an earlier process accepted and did not deliver. */
    deliverLeft: () => {
      for (const { id, value } of kept.read(ON_ITS_WAY, envelope)) void deliverKept(id, value);
    },
  };
}

function lastPart(arn = 'account'): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
