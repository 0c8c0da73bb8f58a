import type { EventOutcome } from '../streamEventsApi/handleEvent.ts';
import type { LocalOutcome } from './awsEndpoint/localControl.ts';
import { type Envelope, envelope, eventName } from './eventBus/envelope.ts';
import type { EventBus } from './eventBus/eventBus.ts';
import type { IvsSimulator } from './ivs/simulator.ts';
import type { WriteLine } from './log.ts';
import type { StateStore } from './stateStore.ts';

export interface EventReceiverOptions {
  readonly ivs: IvsSimulator;
  readonly bus: EventBus<EventOutcome>;
  readonly log: WriteLine;
  readonly stateStore: StateStore;
}

const ACCEPTED_EVENT = 'event';

/** Receives the events for the local bus: updates the simulator's state, and lets the bus deliver them. */
export function eventReceiver({ ivs, bus, log, stateStore }: EventReceiverOptions) {
  /** Without `deliver`, the event happened but IVS never sent it. */
  const receive = async (event: Envelope, deliver: boolean): Promise<LocalOutcome> => {
    ivs.applyEvent(event);
    const outcome: LocalOutcome = deliver ? await bus.deliver(event) : { result: 'undelivered' };
    const reason = 'reason' in outcome ? ` (${outcome.reason})` : '';
    log(`event ${eventName(event)} ${lastPart(event.resources[0])} ${outcome.result}${reason}`);
    return outcome;
  };
  const deliverKept = async (id: string, event: Envelope) => {
    await receive(event, true);
    // The event was handled or is a dead letter. If the process is killed before this write, the event is handled
    // again, which has no further effect.
    stateStore.remove(ACCEPTED_EVENT, id);
  };
  return {
    receive,
    /** Accepts an event and delivers it in the background. After a kill, the next process delivers it. */
    accept: (event: Envelope) => {
      const id = stateStore.newId();
      stateStore.put(ACCEPTED_EVENT, id, event);
      void deliverKept(id, event);
    },
    /** Delivers the events that an earlier process accepted but did not deliver. */
    deliverPending: () => {
      for (const { id, value } of stateStore.read(ACCEPTED_EVENT, envelope)) void deliverKept(id, value);
    },
  };
}

function lastPart(arn = 'account'): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
