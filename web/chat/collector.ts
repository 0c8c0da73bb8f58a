import { add, type Line, type Messages, MOST_LINES, noMessages, remove } from './messages.ts';

/** A page of the archive. */
export interface ArchivePage {
  readonly lines: readonly Line[];
  readonly cursor: string | null;
}

export interface CollectorOptions {
  /**
   * Reads a page of the archive of the stream that is live: from a time on, in milliseconds since 1970, or at a cursor.
   * Undefined if there is no stream.
   */
  readonly read: (from: number | string) => Promise<ArchivePage | undefined>;
  readonly onMessages: (messages: Messages) => void;
  /** Returns the server's time. */
  readonly now: () => number;
}

/** Collects the messages of a room, and those that the room did not send because there was no connection. */
export interface Collector {
  readonly receive: (line: Line) => void;
  readonly remove: (id: string) => void;
  /** The room is connected, for the first time or again: reads what was sent before. */
  readonly connected: () => Promise<void>;
  readonly stop: () => void;
}

/** Messages are shown this often at most: drawing each one of a busy room would freeze the page. */
export const DRAW_MS = 150;
/** How much of the chat a new viewer sees: more of a quiet one. */
const HISTORY_MS = 5 * 60_000;
const QUIET_HISTORY_MS = 60 * 60_000;
const FEW_LINES = 20;
/** Messages that were sent so shortly before the connection was lost may not have arrived. */
const OVERLAP_MS = 10_000;
/** A message is in the archive about ten seconds after it was sent. */
export const ARCHIVE_DELAY_MS = 12_000;
const PAGES = 5;

export function collector({ read, onMessages, now }: CollectorOptions): Collector {
  let messages = noMessages;
  let waiting: Line[] = [];
  let drawing: ReturnType<typeof setTimeout> | undefined;
  let completing: ReturnType<typeof setTimeout> | undefined;
  let isFirst = true;
  let isStopped = false;
  /** When the newest message was sent that is known. */
  let lastAt: number | undefined;

  const draw = () => {
    clearTimeout(drawing);
    drawing = undefined;
    messages = add(messages, waiting);
    waiting = [];
    onMessages(messages);
  };
  const show = (lines: readonly Line[]) => {
    waiting.push(...lines);
    // The timers of a hidden page run once a minute.
    if (waiting.length > 2 * MOST_LINES) waiting = waiting.slice(-MOST_LINES);
    lastAt = lines.reduce((latest, { at }) => Math.max(latest, at), lastAt ?? 0);
    drawing ??= setTimeout(draw, DRAW_MS);
  };
  const showGap = (gapAfter: number) => {
    if (isStopped) return;
    messages = { ...messages, gapAfter };
    draw();
  };
  /** Reads what was sent since a time. @returns the time after which messages may be missing, if so */
  const catchUp = async (since: number): Promise<number | undefined> => {
    let reached = since;
    let from: number | string = since - OVERLAP_MS;
    try {
      for (let count = 0; count < PAGES; count++) {
        const page = await read(from);
        if (page === undefined || isStopped) return reached;
        show(page.lines);
        reached = page.lines.reduce((latest, { at }) => Math.max(latest, at), reached);
        if (page.cursor === null) return undefined;
        from = page.cursor;
      }
    } catch {
      // The gap is shown. What comes after it arrives from the room.
    }
    return reached;
  };

  return {
    receive: line => show([line]),
    remove: id => {
      waiting = waiting.map(line => (line.id === id ? { ...line, text: null } : line));
      messages = remove(messages, id);
      onMessages(messages);
    },
    connected: async () => {
      const wasFirst = isFirst;
      isFirst = false;
      const since = lastAt ?? now() - HISTORY_MS;
      const connectedAt = now();
      let gap = await catchUp(since);
      const isQuiet = wasFirst && gap === undefined && messages.lines.length + waiting.length < FEW_LINES;
      if (isQuiet && !isStopped) gap = await catchUp(connectedAt - QUIET_HISTORY_MS);
      // What a new viewer has not seen is not a gap, unless it is between two messages that they see.
      const isSeenBefore = (end: number) => [...messages.lines, ...waiting].some(({ at }) => at <= end);
      if (gap !== undefined && (!wasFirst || isSeenBefore(gap))) showGap(gap);
      if (gap !== undefined || isStopped) return;
      clearTimeout(completing);
      completing = setTimeout(async () => {
        const later = await catchUp(wasFirst ? connectedAt - ARCHIVE_DELAY_MS : since);
        if (later !== undefined) showGap(later);
      }, ARCHIVE_DELAY_MS);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(drawing);
      clearTimeout(completing);
    },
  };
}
