import type { OpenStageRequest, Stage } from '../../model/stage.ts';
import { addMs, type Timestamp } from '../../model/time.ts';

/** More requests than a host can look through. They are in the stage's row, which must stay small. */
export const MAX_REQUESTS = 30;

// Viewers who have left the page must not keep the places of others.
const OPEN_MS = 30 * 60_000;

/** How long a user whose request was declined cannot ask again. */
export const DECLINED_MS = 10 * 60_000;

/** Returns when a request expires. */
export const expiryOf = ({ requestedAt }: Pick<OpenStageRequest, 'requestedAt'>): Timestamp =>
  addMs(requestedAt, OPEN_MS);

// The TTL of a row is later than its last effect, so that an answer does not find it deleted.
const KEEP_SECONDS = 3_600;

/** Returns the TTL of a row whose effect ends at `time`. */
export const keptUntil = (time: Timestamp): number => Math.ceil(Date.parse(time) / 1_000) + KEEP_SECONDS;

/**
 * Returns the requests that are still open, oldest first. A request ends after half an hour, and with the stream
 * during which it was made. The requests end with the last publisher too, but then the fold of the stage's events
 * has removed them.
 *
 * @param streamId the host's open stream
 */
export function openRequests(
  { requests = [] }: Pick<Stage, 'requests'>,
  streamId: string | undefined,
  now: Timestamp,
): readonly OpenStageRequest[] {
  return requests.filter(
    request => expiryOf(request) > now && (request.streamId === undefined || request.streamId === streamId),
  );
}
