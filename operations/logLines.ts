import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CommandError } from '../model/variables.ts';

export interface LogQuery {
  readonly logGroupName: string;
  /** In CloudWatch's filter language. */
  readonly filterPattern: string | undefined;
  /** Milliseconds since 1970. */
  readonly from: number;
}

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses a time span such as `90s`, `10m`, `2h` or `1d`. @returns milliseconds @throws CommandError */
export function parseSpan(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  if (count === undefined || !isUnit(unit))
    throw new CommandError(
      `SINCE must be a time span such as 90s, 10m, 2h or 1d (got ${JSON.stringify(text)})`,
    );
  return Number(count) * units[unit];
}

const isUnit = (unit: string | undefined): unit is keyof typeof units =>
  unit !== undefined && Object.hasOwn(units, unit);

/** CloudWatch can still add lines with timestamps up to this much older than the newest line. */
const LATE_MS = 30_000;
const POLL_MS = 2_000;

/**
 * Writes the lines of a log group since `from`, each line once. Without `follow` it ends after the newest
 * line; with `follow` it polls for new lines until `signal` is aborted.
 *
 * CloudWatch delivers lines some seconds late and out of order, so each poll reads the last 30 seconds again.
 *
 * @returns the number of lines written
 */
export async function writeLogLines(
  client: CloudWatchLogsClient,
  { logGroupName, filterPattern, from }: LogQuery,
  write: (line: string) => void,
  { follow, signal, pollMs = POLL_MS }: { follow: boolean; signal: AbortSignal; pollMs?: number },
): Promise<number> {
  let written = new Map<string, number>();
  let count = 0;
  let startTime = from;
  for (;;) {
    let nextToken: string | undefined;
    do {
      const command = new FilterLogEventsCommand({ logGroupName, filterPattern, startTime, nextToken });
      const { events = [], nextToken: next } = await client.send(command);
      for (const { eventId = '', timestamp = 0, message = '' } of events) {
        if (written.has(eventId)) continue;
        written.set(eventId, timestamp);
        count += 1;
        write(`${new Date(timestamp).toISOString()} ${message.trimEnd()}`);
      }
      nextToken = next;
    } while (nextToken !== undefined && !signal.aborted);
    if (!follow || signal.aborted) return count;
    const latest = Math.max(startTime + LATE_MS, ...written.values());
    startTime = Math.max(from, latest - LATE_MS);
    const rereadFrom = startTime;
    written = new Map([...written].filter(([, timestamp]) => timestamp >= rereadFrom));
    await sleep(pollMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return count;
  }
}
