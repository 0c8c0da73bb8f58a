import { setTimeout as sleep } from 'node:timers/promises';
import type { Timestamp } from '../../model/time.ts';
import { chatAsViewers } from './chatters.ts';
import { ApiRefusedError, localApi } from './localApi.ts';
import { watchAsViewers } from './watchers.ts';

export interface AudienceOptions {
  readonly apiUrl: string;
  readonly username: string;
  readonly streamId: string;
  readonly viewers: number;
  /** The start of the stream. Viewers join after this time. */
  readonly startsAt: Timestamp;
  /** How long the viewers watch and chat, in milliseconds. */
  readonly lengthMs: number;
  /** Aborts when the stream is over. The viewers leave then. */
  readonly signal: AbortSignal;
}

/** One line for each thing that the viewers did, and one message for each failure. */
export interface AudienceReport {
  readonly lines: readonly string[];
  readonly failures: readonly string[];
}

/** A broadcast that starts later than this has no audience. */
const MAX_WAIT_MS = 60_000;

/**
 * Simulates viewers who watch a broadcast and chat, through the HTTP API and WebSockets as a front end does.
 * It runs in real time, because the server sets the times of views and messages. Never rejects.
 */
export async function runAudience(options: AudienceOptions): Promise<AudienceReport> {
  const { viewers, startsAt } = options;
  if (viewers === 0) return { lines: [], failures: [] };
  const early = Date.parse(startsAt) - Date.now();
  if (early > MAX_WAIT_MS) {
    return { lines: [`no viewers: the broadcast starts in the future, at ${startsAt}`], failures: [] };
  }
  await sleep(Math.max(0, early));
  const api = localApi(options.apiUrl);
  const reports = await Promise.all([
    report('watching', options.signal, () => watchAsViewers(api, options)),
    report('chatting', options.signal, () => chatAsViewers(api, options)),
  ]);
  return {
    lines: reports.flatMap(({ lines }) => lines),
    failures: reports.flatMap(({ failures }) => failures),
  };
}

/** Runs an activity. A missing stream is not a failure: the event that starts it can be lost (`LOSE`). */
async function report(
  activity: string,
  signal: AbortSignal,
  run: () => Promise<string>,
): Promise<AudienceReport> {
  try {
    return { lines: [await run()], failures: [] };
  } catch (error) {
    if (signal.aborted) return { lines: [`${activity} ended with the stream`], failures: [] };
    const isStreamMissing =
      error instanceof ApiRefusedError && (error.status === 404 || error.status === 409);
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof ApiRefusedError && error.status === 429) {
      const advice = 'set VIEWERS to a smaller number, or try again later';
      return {
        lines: [],
        failures: [`${activity} was stopped by a rate limit of the API: ${why}; ${advice}`],
      };
    }
    return isStreamMissing
      ? { lines: [`${activity} was skipped: ${why}`], failures: [] }
      : { lines: [], failures: [`${activity} failed: ${why}`] };
  }
}
