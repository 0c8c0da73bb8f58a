import { type Envelope, healthEvent, recordingEvent, stateEvent } from '../../test/support/ivsEvents.ts';

// The path of a recording has the account, the channel, the time and an id.
const path = 'ivs/v1/123456789012/AbCdef1G2hij/2026/1/15/10/0/j8Z9O91ndcVs';

/** Returns the eight events of the channel's session `n`, in order. Sessions are one hour apart. */
export function normalSession(arn: string, n: number): Envelope[] {
  const id = `st-${arn.slice(-6)}${String(n).padStart(17, '0')}`;
  const at = (seconds: number) =>
    new Date(Date.UTC(2026, 0, 15) + n * 3_600_000 + seconds * 1000).toISOString();
  const to = { resources: [arn] };
  const end = { path, durationMs: 2_990_000, streamIds: [id] };
  return [
    stateEvent('Session Created', id, at(0), to),
    recordingEvent('Recording Start', id, at(6), { path }, to),
    stateEvent('Stream Start', id, at(8), to),
    healthEvent('Starvation Start', id, at(1200), to),
    healthEvent('Starvation End', id, at(1211), to),
    stateEvent('Session Ended', id, at(3000), to),
    stateEvent('Stream End', id, at(3003), to),
    recordingEvent('Recording End', id, at(3070), end, to),
  ];
}
