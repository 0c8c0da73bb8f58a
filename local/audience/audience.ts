import { setTimeout as sleep } from 'node:timers/promises';
import type { Timestamp } from '../../model/time.ts';
import { ApiRefusedError, localApi } from './localApi.ts';
import { talk } from './talkers.ts';
import { watch } from './watchers.ts';

export interface AudienceOptions {
  readonly apiUrl: string;
  readonly username: string;
  readonly streamId: string;
  readonly viewers: number;
  /** When the stream is said to have begun: nobody watches before. */
  readonly startsAt: Timestamp;
  /** For how long they watch and talk, in milliseconds. */
  readonly lengthMs: number;
}

/** What an audience did, in a line, and what went wrong. */
export interface AudienceReport {
  readonly lines: readonly string[];
  readonly failures: readonly string[];
}

/** A broadcast that is said to begin later than this has no audience. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Watches a broadcast and talks about it through the HTTP API and chat, as front ends do: at the times at which it is
 * done, for times are the server's. Never rejects.
 */
export async function attend(options: AudienceOptions): Promise<AudienceReport> {
  const { viewers, startsAt } = options;
  if (viewers === 0) return { lines: [], failures: [] };
  const early = Date.parse(startsAt) - Date.now();
  if (early > LONGEST_WAIT_MS) {
    return { lines: [`nobody watches: the broadcast is said to begin at ${startsAt}`], failures: [] };
  }
  await sleep(Math.max(0, early));
  const api = localApi(options.apiUrl);
  const parts = [report('watching', () => watch(api, options)), report('chatting', () => talk(api, options))];
  const reports = await Promise.all(parts);
  return {
    lines: reports.flatMap(({ lines }) => lines),
    failures: reports.flatMap(({ failures }) => failures),
  };
}

/** What one part did. That the API has no such stream, since what told of it is lost, is nobody's failure. */
async function report(what: string, part: () => Promise<string>): Promise<AudienceReport> {
  try {
    return { lines: [await part()], failures: [] };
  } catch (error) {
    const isUnknown = error instanceof ApiRefusedError && (error.status === 404 || error.status === 409);
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof ApiRefusedError && error.status === 429) {
      const advice = 'set VIEWERS to fewer, or wait until the limit is over';
      return { lines: [], failures: [`${what} ended at a limit of the API: ${why}; ${advice}`] };
    }
    return isUnknown
      ? { lines: [`nobody was ${what}: ${why}`], failures: [] }
      : { lines: [], failures: [`${what} failed: ${why}`] };
  }
}
