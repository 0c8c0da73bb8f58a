import type { Envelope } from '../eventBus/envelope.ts';
import { learn } from './learn.ts';
import { ensureChannel, type IvsState } from './state.ts';
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

/** Goes on with the stops that an earlier process left. */
export function streamStops({ state, delayMs, now, emit }: StreamStopsOptions): StreamStops {
  const ends = new Map<string, () => void>();
  const schedule = (streamId: string, arn: string) => {
    const end = () => {
      clearTimeout(timer);
      ends.delete(streamId);
      const endedAt = now();
      for (const envelope of endEvents(ensureChannel(state, arn), streamId, endedAt)) {
        learn(state, envelope, endedAt);
        emit(envelope);
      }
      // Last: an event that is not on its way yet would be lost.
      state.removeStop(streamId);
    };
    // A process that has nothing else to do need not wait for it.
    const timer = setTimeout(end, delayMs).unref();
    ends.set(streamId, end);
  };
  for (const [streamId, arn] of state.stops) schedule(streamId, arn);
  return {
    stop: (arn, streamId) => {
      if (state.stops.has(streamId)) return;
      state.putStop(streamId, arn);
      schedule(streamId, arn);
    },
    settle: () => {
      for (const end of [...ends.values()]) end();
    },
  };
}
