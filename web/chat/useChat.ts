import { useEffect, useRef, useState } from 'preact/hooks';
import { type StateListeners, stateEvents } from '../../client/index.ts';
import { api, bodyOf } from '../data/api.ts';
import { clock } from '../data/clock.ts';
import type { Problem } from '../data/problems.ts';
import type { ChatConnection, ConnectionPhase } from './connection.ts';
import { add, archivedLine, type Line, type Messages, noMessages, receivedLine, remove } from './messages.ts';

export interface Chat {
  readonly phase: ConnectionPhase;
  readonly messages: Messages;
  /** The user's ban, if there is one. */
  readonly ban: Problem | undefined;
  /** Whether messages may be missing, because the connection was lost and no archive has them. */
  readonly hasGap: boolean;
  readonly send: (text: string) => Promise<void>;
}

export interface ChatOptions extends StateListeners {
  readonly username: string;
  /** The stream whose archive has the messages that were missed. */
  readonly stream: { readonly id: string; readonly startedAt: string } | undefined;
  /** Another user has another token. */
  readonly userId: string | undefined;
}

/** Messages are shown this often at most: drawing each one of a busy room would freeze the page. */
const DRAW_MS = 150;
/** How much of the chat a new viewer sees. */
const HISTORY_MS = 5 * 60_000;
const OVERLAP_MS = 60_000;
/** A message is in the archive about ten seconds after it was sent. */
const ARCHIVE_DELAY_MS = 12_000;
const PAGES = 5;

/** The chat of a channel, live. */
export function useChat({ username, stream, userId, ...listeners }: ChatOptions): Chat {
  const [phase, setPhase] = useState<ConnectionPhase>('connecting');
  const [ban, setBan] = useState<Problem>();
  const [messages, setMessages] = useState(noMessages);
  const [hasGap, setGap] = useState(false);
  const connection = useRef<ChatConnection>();
  const newest = useRef({ stream, listeners });
  newest.current = { stream, listeners };

  useEffect(() => {
    let isStopped = false;
    let waiting: Line[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let connections = 0;
    let lastAt: number | undefined;
    setMessages(noMessages);
    setGap(false);

    const draw = () => {
      timer = undefined;
      const lines = waiting;
      waiting = [];
      if (!isStopped) setMessages(shown => add(shown, lines));
    };
    const show = (lines: readonly Line[]) => {
      waiting.push(...lines);
      lastAt = lines.reduce((latest, { at }) => Math.max(latest, at), lastAt ?? 0);
      timer ??= setTimeout(draw, DRAW_MS);
    };
    /** Reads what was sent before, or while the connection was lost. @returns whether the archive has all of it */
    const catchUp = async (since: number | undefined) => {
      const { stream: open } = newest.current;
      if (open === undefined) return false;
      const startedAt = Date.parse(open.startedAt);
      const from = since === undefined ? clock.now() - HISTORY_MS : since - OVERLAP_MS;
      const query = { limit: 100, fromMs: Math.max(0, from - startedAt) };
      let cursor: string | null | undefined;
      for (let page = 0; page < PAGES && cursor !== null; page++) {
        const path = { username, streamId: open.id };
        const params = { path, query: cursor === undefined ? query : { limit: 100, cursor } };
        const list = await bodyOf(api.GET('/v1/channels/{username}/streams/{streamId}/chat', { params }));
        if (isStopped) return true;
        show(list.items.map(message => archivedLine(message, username)));
        cursor = list.nextCursor;
      }
      return cursor === null;
    };
    const onConnect = async () => {
      const isFirst = connections++ === 0;
      const since = lastAt;
      try {
        const isComplete = await catchUp(since);
        if (!isFirst && !isComplete && !isStopped) setGap(true);
        if (!isFirst && isComplete)
          setTimeout(() => void catchUp(since).catch(() => undefined), ARCHIVE_DELAY_MS);
      } catch {
        if (!isFirst && !isStopped) setGap(true);
      }
    };
    const onState = stateEvents({
      onChannel: state => newest.current.listeners.onChannel?.(state),
      onStage: state => newest.current.listeners.onStage?.(state),
    });
    // The SDK is loaded after the page, which can be read without it.
    void import('./connection.ts').then(({ connectChat }) => {
      if (isStopped) return;
      connection.current = connectChat({
        username,
        onPhase: setPhase,
        onBan: setBan,
        listen: room => {
          room.addListener('connect', () => void onConnect());
          room.addListener('message', message => show([receivedLine(message)]));
          room.addListener('messageDelete', ({ messageId }) => {
            waiting = waiting.map(line => (line.id === messageId ? { ...line, text: null } : line));
            setMessages(shown => remove(shown, messageId));
          });
          room.addListener('event', onState);
        },
      });
    });
    return () => {
      isStopped = true;
      clearTimeout(timer);
      connection.current?.close();
      connection.current = undefined;
    };
  }, [username, userId]);

  const send = async (text: string) => {
    if (connection.current === undefined) throw new Error('not connected');
    await connection.current.send(text);
  };
  return { phase, messages, ban, hasGap, send };
}
