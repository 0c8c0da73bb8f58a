import { useEffect, useState } from 'preact/hooks';
import { api, bodyOf } from '../data/api.ts';
import { archivedLine, type Line } from './messages.ts';
import { neededFor, replayAt, shownAt, withPage } from './replay.ts';

/**
 * The chat of a stream at a position of its recording. What is shown depends on the position only, so it is right after
 * seeking in any direction, and stands still while the video does.
 */
export function useReplay(username: string, streamId: string, positionMs: number) {
  const [replay, setReplay] = useState(() => replayAt(positionMs));
  const [failure, setFailure] = useState<unknown>();
  const needed = failure === undefined ? neededFor(replay, positionMs) : undefined;

  useEffect(() => {
    if (needed === undefined) return;
    if (needed === 'part') return setReplay(replayAt(positionMs));
    const abort = new AbortController();
    const { cursor, fromMs } = replay;
    const query = {
      limit: 100,
      ...(typeof cursor === 'string' ? { cursor } : { fromMs: Math.floor(fromMs) }),
    };
    const params = { path: { username, streamId }, query };
    bodyOf(api.GET('/v1/channels/{username}/streams/{streamId}/chat', { params, signal: abort.signal })).then(
      page => setReplay(current => (current === replay ? withPage(current, page) : current)),
      error => {
        if (!abort.signal.aborted) setFailure(error);
      },
    );
    return () => abort.abort();
  }, [username, streamId, needed, replay]);

  const lines: readonly Line[] = shownAt(replay, positionMs).map(message => archivedLine(message, username));
  const isLoading = replay.cursor === undefined && failure === undefined;
  return { lines, isLoading, failure, retry: () => setFailure(undefined) };
}
