import { Fragment } from 'preact';
import { memo } from 'preact/compat';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { type Problem, ProblemError, sentenceOf } from '../data/problems.ts';
import { Icon } from '../parts/icon.tsx';
import { nameColor } from '../parts/nameColor.ts';
import type { Line } from './messages.ts';
import type { Chat } from './useChat.ts';
import './chat.css';

interface ChatPanelProps {
  readonly chat: Chat;
  /** Undefined for guests, who can only read. */
  readonly username: string | undefined;
  /** What a moderator can do with a message. Undefined for others. */
  readonly moderation: Moderation | undefined;
  /** Why the last act of the moderator was refused. */
  readonly refusal?: string | undefined;
}

export interface Moderation {
  /** The id of the moderator. */
  readonly userId: string;
  /** Whether the moderator owns the channel. Others cannot act on the owner or on each other. */
  readonly isOwner: boolean;
  readonly deleteMessage: (line: Line) => void;
  readonly ban: (line: Line) => void;
}

const phases = {
  connecting: 'Connecting…',
  connected: '',
  reconnecting: 'Connection lost. Reconnecting…',
  unavailable: 'This channel has no chat at the moment.',
} as const;

/** The chat of a channel: its messages, and a field to write one. */
export function ChatPanel({ chat, username, moderation, refusal }: ChatPanelProps) {
  return (
    <section class="chat" aria-label="Chat">
      <div class="chatHead">
        <h2>Chat</h2>
        <span class="phase" role="status">
          {phases[chat.phase]}
        </span>
      </div>
      <Lines {...chat.messages} moderation={moderation} />
      {refusal !== undefined && (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
      <Write chat={chat} username={username} />
    </section>
  );
}

/** How far from the end a reader may be whose view still follows new messages, in pixels. */
const NEAR_END_PX = 40;

interface LinesProps {
  readonly lines: readonly Line[];
  readonly gapAfter?: number;
  readonly moderation: Moderation | undefined;
}

/** The messages. The view follows new ones unless the reader has scrolled up; then it does not move. */
function Lines({ lines, gapAfter = Number.POSITIVE_INFINITY, moderation }: LinesProps) {
  const frame = useRef<HTMLOListElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const [kept, setKept] = useState<readonly Line[]>([]);
  // A reader of older messages sees them unchanged, except for deletions, until they return to the end.
  const current = new Map(lines.map(line => [line.id, line]));
  const shown = isFollowing ? lines : kept.map(line => current.get(line.id) ?? line);
  const lastSeen = kept.at(-1)?.at ?? 0;
  const unread = isFollowing ? 0 : lines.filter(({ at }) => at > lastSeen).length;

  useLayoutEffect(() => {
    if (isFollowing && frame.current !== null) frame.current.scrollTop = frame.current.scrollHeight;
  }, [isFollowing, lines]);

  return (
    <div class="linesFrame">
      <ol
        class="lines"
        ref={frame}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
        tabIndex={0}
        aria-label="Messages"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
          if (isAtEnd === isFollowing) return;
          setKept(lines);
          setFollowing(isAtEnd);
        }}
      >
        {shown.length === 0 && <li class="gap">No messages yet. Say hello!</li>}
        {shown.map((line, index) => (
          <Fragment key={line.id}>
            {line.at > gapAfter && (shown[index - 1]?.at ?? 0) <= gapAfter && (
              <li class="gap">Messages may be missing here.</li>
            )}
            <LineView line={line} moderation={moderation} />
          </Fragment>
        ))}
      </ol>
      {!isFollowing && (
        <button type="button" class="button primary unread" onClick={() => setFollowing(true)}>
          <Icon name="down" size={16} />
          {unread === 0 ? 'To the newest messages' : `${unread} new ${unread === 1 ? 'message' : 'messages'}`}
        </button>
      )}
    </div>
  );
}

interface LineViewProps {
  readonly line: Line;
  readonly moderation?: Moderation | undefined;
}

/** One message. */
export const LineView = memo(({ line, moderation }: LineViewProps) => {
  const { text, sender } = line;
  const isProtected = sender.isOwner || sender.isModerator;
  const isOwn = sender.userId === moderation?.userId;
  return (
    <li class="line">
      <div>
        {sender.isOwner && <span class="badge">Host</span>}
        {sender.isModerator && <span class="badge">Mod</span>}
        <bdi class="name" style={{ color: nameColor(sender) }}>
          {sender.name}
        </bdi>
        {': '}
        {text === null ? <span class="gone">message deleted</span> : <bdi dir="auto">{text}</bdi>}
      </div>
      {moderation !== undefined && (
        <div class="tools">
          {text !== null && (moderation.isOwner || isOwn || !isProtected) && (
            <button
              type="button"
              aria-label={`Delete the message of ${sender.name}`}
              title="Delete the message"
              onClick={() => moderation.deleteMessage(line)}
            >
              <Icon name="trash" size={16} />
            </button>
          )}
          {!isProtected && !isOwn && (
            <button
              type="button"
              aria-label={`Ban ${sender.name}`}
              title="Ban or time out"
              onClick={() => moderation.ban(line)}
            >
              <Icon name="ban" size={16} />
            </button>
          )}
        </div>
      )}
    </li>
  );
});

const LONGEST_MESSAGE = 500;

function Write({ chat, username }: { readonly chat: Chat; readonly username: string | undefined }) {
  const [path] = useLocation();
  const [text, setText] = useState('');
  const [refusal, setRefusal] = useState<string>();
  if (chat.phase === 'unavailable') return <div />;
  if (username === undefined)
    return (
      <div class="write">
        <Link class="button" href={`/sign-in?to=${encodeURIComponent(path)}`}>
          Sign in to chat
        </Link>
      </div>
    );
  if (chat.ban !== undefined)
    return (
      <div class="write" role="status">
        <p>{explainBan(chat.ban)}</p>
      </div>
    );
  const submit = async () => {
    const message = text.trim();
    if (message === '') return;
    setText('');
    setRefusal(undefined);
    try {
      await chat.send(message);
    } catch (error) {
      // The message comes back, unless another one has been begun.
      setText(begun => begun || message);
      setRefusal(refusalOf(error));
    }
  };
  return (
    <div class="write">
      <form
        onSubmit={event => {
          event.preventDefault();
          void submit();
        }}
      >
        <input
          class="input"
          aria-label="Message"
          placeholder={chat.phase === 'connected' ? 'Send a message' : phases[chat.phase]}
          value={text}
          maxLength={LONGEST_MESSAGE}
          autoComplete="off"
          disabled={chat.phase !== 'connected'}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button
          type="submit"
          class="button primary icon"
          aria-label="Send"
          disabled={chat.phase !== 'connected' || text.trim() === ''}
        >
          <Icon name="send" />
        </button>
      </form>
      {refusal !== undefined && (
        <p class="error" role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}

const explainBan = (ban: Problem) => sentenceOf(new ProblemError(ban));

/** Error codes of IVS Chat: 406 is the review's, 429 that of too many messages. */
function refusalOf(error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'errorCode' in error ? error.errorCode : undefined;
  if (code === 406) return 'Your message was not accepted. Send it again, or say it differently.';
  if (code === 429) return 'You send messages too quickly. Wait a moment.';
  return 'Your message was not sent. Try again.';
}
