import { useEffect, useRef, useState } from 'preact/hooks';
import { type StateListeners, stateEvents } from '../../client/index.ts';
import { api, bodyOf } from '../data/api.ts';
import { clock } from '../data/clock.ts';
import type { Problem } from '../data/problems.ts';
import { collector } from './collector.ts';
import type { ChatConnection } from './connection.ts';
import { archivedLine, type Messages, noMessages, receivedLine } from './messages.ts';
import type { ConnectionPhase } from './reconnection.ts';

export interface Chat {
  readonly phase: ConnectionPhase;
  readonly messages: Messages;
  /** The user's ban, if there is one. */
  readonly ban: Problem | undefined;
  readonly send: (text: string) => Promise<void>;
}

export interface ChatOptions extends StateListeners {
  readonly username: string;
  /** The stream whose archive has the messages that were missed. */
  readonly stream: { readonly id: string; readonly startedAt: string } | undefined;
  /** The connection was lost and is back: events may have been missed. */
  readonly onReconnect: () => void;
  /** Another user has another token. */
  readonly userId: string | undefined;
}

/** The chat of a channel, live. */
export function useChat({ username, stream, userId, ...listeners }: ChatOptions): Chat {
  const [phase, setPhase] = useState<ConnectionPhase>('connecting');
  const [ban, setBan] = useState<Problem>();
  const [messages, setMessages] = useState(noMessages);
  const connection = useRef<ChatConnection>();
  const newest = useRef({ stream, listeners });
  newest.current = { stream, listeners };

  useEffect(() => {
    let isStopped = false;
    let isFirst = true;
    setMessages(noMessages);
    const collected = collector({
      now: clock.now,
      onMessages: setMessages,
      read: async from => {
        const { stream: open } = newest.current;
        if (open === undefined) return undefined;
        const fromMs = typeof from === 'number' ? Math.max(0, from - Date.parse(open.startedAt)) : 0;
        const query = typeof from === 'string' ? { limit: 100, cursor: from } : { limit: 100, fromMs };
        const params = { path: { username, streamId: open.id }, query };
        const list = await bodyOf(api.GET('/v1/channels/{username}/streams/{streamId}/chat', { params }));
        return { lines: list.items.map(message => archivedLine(message, username)), cursor: list.nextCursor };
      },
    });
    const onConnect = () => {
      void collected.connected();
      if (!isFirst) newest.current.listeners.onReconnect();
      isFirst = false;
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
          room.addListener('connect', onConnect);
          room.addListener('message', message => collected.receive(receivedLine(message)));
          room.addListener('messageDelete', ({ messageId }) => collected.remove(messageId));
          room.addListener('event', onState);
        },
      });
    });
    return () => {
      isStopped = true;
      collected.stop();
      connection.current?.close();
      connection.current = undefined;
    };
  }, [username, userId]);

  const send = async (text: string) => {
    if (connection.current === undefined) throw new Error('not connected');
    await connection.current.send(text);
  };
  return { phase, messages, ban, send };
}
