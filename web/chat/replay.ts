import type { components } from '../../client/index.ts';

type ArchivedMessage = components['schemas']['ChatMessage'];

/** The part of a stream's archived chat that has been read: the messages from `fromMs` on, in order. */
export interface Replay {
  /** The position in the recording with which the part begins, in milliseconds. */
  readonly fromMs: number;
  readonly messages: readonly ArchivedMessage[];
  /** The cursor of the next page. Undefined before the first page, null after the last. */
  readonly cursor: string | null | undefined;
}

/** How much of the chat before a position is shown after seeking to it. */
const CONTEXT_MS = 60_000;
/** The next page is read this long before its messages are needed. */
const AHEAD_MS = 20_000;
const MOST_SHOWN = 200;

/** Begins a part for a position in the recording. */
export const replayAt = (positionMs: number): Replay => ({
  fromMs: Math.max(0, positionMs - CONTEXT_MS),
  messages: [],
  cursor: undefined,
});

/** Returns the offset up to which the part has every message. */
function endOf({ fromMs, messages, cursor }: Replay): number {
  if (cursor === null) return Number.POSITIVE_INFINITY;
  return messages.at(-1)?.offsetMs ?? fromMs;
}

/** What must be read to show the chat at a position: another part, the next page of this one, or nothing. */
export function neededFor(replay: Replay, positionMs: number): 'part' | 'page' | undefined {
  const end = endOf(replay);
  // Far behind the part, or so far ahead of it that the pages between would be read in vain.
  if (positionMs < replay.fromMs || (replay.cursor !== undefined && positionMs > end + 10 * CONTEXT_MS))
    return 'part';
  return end < positionMs + AHEAD_MS ? 'page' : undefined;
}

/** Adds a page. A message that both pages have is added once. */
export function withPage(
  replay: Replay,
  page: { readonly items: readonly ArchivedMessage[]; readonly nextCursor: string | null },
): Replay {
  const known = new Set(replay.messages.map(({ id }) => id));
  const added = page.items.filter(({ id }) => !known.has(id));
  return { ...replay, messages: [...replay.messages, ...added], cursor: page.nextCursor };
}

/** Returns the messages that had been sent at a position, the newest ones if there are many. */
export function shownAt({ messages }: Replay, positionMs: number): readonly ArchivedMessage[] {
  return messages.filter(({ offsetMs }) => offsetMs <= positionMs).slice(-MOST_SHOWN);
}
