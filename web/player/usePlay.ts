import { useRef } from 'preact/hooks';
import { api } from '../data/api.ts';

/** How much of a recording must be played until it counts as a view, in seconds; half of it if it is short. */
const COUNTED_AFTER_S = 10;

/** The position of a playing video moves less than this between two reports. A larger step is a jump. */
const LARGEST_STEP_S = 2;

interface Recording {
  readonly username: string;
  /** The stream that the recording belongs to. Undefined when there is none. */
  readonly streamId: string | undefined;
  readonly durationMs: number | null;
}

/**
 * Reports to the platform, once, that a recording is watched.
 *
 * @returns a function to call with the position of the player, in seconds, while it changes.
 */
export function usePlay({ username, streamId, durationMs }: Recording): (position: number) => void {
  const state = useRef({ streamId, played: 0, position: 0, isSent: false });
  if (state.current.streamId !== streamId)
    state.current = { streamId, played: 0, position: 0, isSent: false };
  const needed = Math.min(COUNTED_AFTER_S, (durationMs ?? Number.POSITIVE_INFINITY) / 2000);
  return position => {
    const now = state.current;
    const step = position - now.position;
    now.position = position;
    if (step > 0 && step <= LARGEST_STEP_S) now.played += step;
    if (now.isSent || streamId === undefined || now.played < needed) return;
    now.isSent = true;
    const params = { path: { username, streamId } };
    // A view that could not be reported is not worth a message.
    void api.POST('/v1/channels/{username}/streams/{streamId}/plays', { params }).catch(() => undefined);
  };
}
