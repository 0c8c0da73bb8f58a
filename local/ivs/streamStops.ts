import type { Envelope } from '../eventBus/envelope.ts';
import { applyEvent } from './applyEvent.ts';
import { ensureChannel, type IvsState } from './state.ts';
import { endEvents } from './stopEvents.ts';

export interface StreamStopsOptions {
  readonly state: IvsState;
  readonly delayMs: number;
  readonly now: () => Date;
  readonly emit: (envelope: Envelope) => void;
}

/** Ends streams a little after they are stopped, and sends the same events as IVS. */
export interface StreamStops {
  /** Has no effect on a stream that is being stopped already. */
  stop(channelArn: string, streamId: string): void;
  /** Immediately ends the streams that are being stopped. */
  finish(): void;
}

/** Continues the stops of an earlier process. */
export function streamStops({ state, delayMs, now, emit }: StreamStopsOptions): StreamStops {
  const ends = new Map<string, () => void>();
  const schedule = (streamId: string, arn: string) => {
    const end = () => {
      clearTimeout(timer);
      ends.delete(streamId);
      const endedAt = now();
      for (const envelope of endEvents(ensureChannel(state, arn), streamId, endedAt)) {
        applyEvent(state, envelope, endedAt);
        emit(envelope);
      }
      // Removed last: after a kill before this, the next process sends the events again.
      state.removeStop(streamId);
    };
    // The process can end without waiting for the timer.
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
    finish: () => {
      for (const end of [...ends.values()]) end();
    },
  };
}
