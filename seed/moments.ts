import { addMs, type Timestamp } from '../model/time.ts';
import { type Identity, MOCK_ACCOUNT } from './identity.ts';
import type { Session } from './session.ts';

/** The times of a session's events, with delays like those of IVS. All fit into a session of one minute. */
export interface Moments {
  readonly created: Timestamp;
  readonly playing: Timestamp;
  readonly recording: Timestamp;
  readonly middle: Timestamp;
  /** The end of a starvation that began at `middle`. */
  readonly recovered: Timestamp;
  /** The start of a starvation that has not ended. */
  readonly starving: Timestamp;
  readonly stopped: Timestamp;
  readonly recorded: Timestamp;
}

export function momentsOf({ startedAt, shownUntil }: Session): Moments {
  const lengthMs = Date.parse(shownUntil) - Date.parse(startedAt);
  const middle = addMs(startedAt, Math.floor(lengthMs / 2000) * 1000);
  return {
    created: startedAt,
    playing: addMs(startedAt, 3_000),
    recording: addMs(startedAt, 6_000),
    middle,
    recovered: addMs(middle, 12_000),
    starving: addMs(shownUntil, -10_000),
    stopped: addMs(shownUntil, 2_000),
    recorded: addMs(shownUntil, 10_000),
  };
}

/** Returns the length of an ended session's recording. */
export function recordedMs(session: Session): number {
  return Date.parse(session.shownUntil) - Date.parse(momentsOf(session).recording);
}

/** Returns the S3 key prefix of the recording in the format of IVS: numbers have no leading zeros. */
export function recordingPath(who: Identity, { startedAt }: Session): string {
  const date = new Date(startedAt);
  const parts = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
  ];
  return `ivs/v1/${MOCK_ACCOUNT}/${who.channelId}/${parts.join('/')}/${who.streamId}`;
}
