import type { Stream } from '../model/stream.ts';

/** A session that is known to have started: the only kind that is shown. */
export type StartedStream = Stream & { readonly startedAt: string };

export function isStarted(stream: Stream | undefined): stream is StartedStream {
  return stream?.startedAt !== undefined;
}

/** How long the session lasted, in milliseconds; undefined until it is over. */
export function durationMs({ startedAt, endedAt }: StartedStream): number | undefined {
  return endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt);
}
