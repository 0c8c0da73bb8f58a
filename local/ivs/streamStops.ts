import type { Envelope } from '../eventBus/envelope.ts';
import { learn } from './learn.ts';
import type { IvsState } from './state.ts';
import { endEvents } from './stopEvents.ts';

export interface StreamStopsOptions {
  readonly state: IvsState;
  readonly delayMs: number;
  readonly now: () => Date;
  readonly emit: (envelope: Envelope) => void;
}

/** Ends streams a little after they are stopped, and tells of it as IVS does. */
export interface StreamStops {
  /** A stream that is being stopped already is not stopped again. */
  stop(channelArn: string, streamId: string): void;
  /** Ends at once those that are being stopped. */
  settle(): void;
}

export function streamStops({ state, delayMs, now, emit }: StreamStopsOptions): StreamStops {
  const underWay = new Map<string, { readonly timer: NodeJS.Timeout; readonly end: () => void }>();
  return {
    stop: (arn, streamId) => {
      const channel = state.channels.get(arn);
      if (channel === undefined || underWay.has(streamId)) return;
      const end = () => {
        clearTimeout(underWay.get(streamId)?.timer);
        underWay.delete(streamId);
        for (const envelope of endEvents(channel, streamId, now())) {
          learn(state, envelope);
          emit(envelope);
        }
      };
      // A process that has nothing else to do need not wait for it.
      underWay.set(streamId, { timer: setTimeout(end, delayMs).unref(), end });
    },
    settle: () => {
      for (const { end } of [...underWay.values()]) end();
    },
  };
}
