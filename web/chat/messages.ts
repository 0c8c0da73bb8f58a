import type { components } from '../../client/index.ts';

type ArchivedMessage = components['schemas']['ChatMessage'];

/** A message as the chat shows it. */
export interface Line {
  readonly id: string;
  /** When the message was sent, in milliseconds since 1970. */
  readonly at: number;
  /** Null when the message was deleted. */
  readonly text: string | null;
  readonly sender: Sender;
}

interface Sender {
  readonly userId: string;
  readonly name: string;
  readonly isOwner: boolean;
  /** Whether the sender was a moderator. The archive does not tell. */
  readonly isModerator: boolean;
  readonly color?: string | undefined;
}

/** The number of messages that a page keeps. A busy room would otherwise fill the memory. */
export const MOST_LINES = 300;

/** The messages of a room, by the time they were sent. */
export interface Messages {
  readonly lines: readonly Line[];
  /** The ids of deleted messages: a deletion can arrive before the archive shows its message. */
  readonly deleted: ReadonlySet<string>;
  /** After this time, messages may be missing: in milliseconds since 1970. */
  readonly gapAfter?: number;
}

export const noMessages: Messages = { lines: [], deleted: new Set() };

/** Adds messages. Those that are already there, from the room or from the archive, are not repeated. */
export function add(messages: Messages, more: readonly Line[]): Messages {
  const { lines, deleted } = messages;
  const known = new Set(lines.map(({ id }) => id));
  const unknown = more.filter(({ id }) => !known.has(id) && known.add(id));
  if (unknown.length === 0) return messages;
  const shown = unknown.map(line => (deleted.has(line.id) ? { ...line, text: null } : line));
  const all = [...lines, ...shown];
  const isInOrder = all.every((line, index) => index === 0 || compare(all[index - 1] ?? line, line) <= 0);
  if (!isInOrder) all.sort(compare);
  return { ...messages, lines: all.slice(-MOST_LINES) };
}

const compare = (a: Line, b: Line) => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Removes the text of a message. Its place stays. */
export function remove(messages: Messages, id: string): Messages {
  return {
    ...messages,
    lines: messages.lines.map(line => (line.id === id ? { ...line, text: null } : line)),
    deleted: new Set(messages.deleted).add(id),
  };
}

/** A message of the room, as `amazon-ivs-chat-messaging` receives it. */
interface ReceivedMessage {
  readonly id: string;
  readonly sendTime: Date;
  readonly content: string;
  readonly sender: { readonly userId: string; readonly attributes?: Readonly<Record<string, string>> };
}

/** The names come from the token of the sender, which the platform has made, never from the message. */
export function receivedLine({ id, sendTime, content, sender }: ReceivedMessage): Line {
  const { username, displayName, role, color } = sender.attributes ?? {};
  return {
    id,
    at: sendTime.getTime(),
    text: content,
    sender: {
      userId: sender.userId,
      name: displayName || username || 'guest',
      isOwner: role === 'owner',
      isModerator: role === 'moderator',
      color,
    },
  };
}

export function archivedLine({ id, sentAt, content, sender }: ArchivedMessage, owner: string): Line {
  const { userId, username, displayName, color } = sender;
  return {
    id,
    at: Date.parse(sentAt),
    text: content,
    sender: {
      userId,
      name: displayName ?? username ?? 'deleted user',
      isOwner: username === owner,
      isModerator: false,
      color: color ?? undefined,
    },
  };
}
