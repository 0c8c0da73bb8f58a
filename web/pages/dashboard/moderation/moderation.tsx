import { useMemo, useState } from 'preact/hooks';
import { BanDialog } from '../../../chat/banDialog.tsx';
import { ChatPanel, LineView } from '../../../chat/chatPanel.tsx';
import { archivedLine, type Line } from '../../../chat/messages.ts';
import { useUser } from '../../../data/account.ts';
import { useDeleteMessage } from '../../../data/channel.ts';
import { useLastMessages } from '../../../data/moderation.ts';
import { sentenceOf } from '../../../data/problems.ts';
import { useStreams } from '../../../data/stream.ts';
import { Bans } from '../../../moderation/bans.tsx';
import { ModerationLog } from '../../../moderation/moderationLog.tsx';
import { Moderators } from '../../../moderation/moderators.tsx';
import { Failure } from '../../../parts/notice.tsx';
import { useTitle } from '../../../parts/useTitle.ts';
import { useOwn, useOwnChat } from '../own.ts';
import { BlockedTerms } from './blockedTerms.tsx';
import '../../../moderation/moderation.css';

type Sender = Pick<Line['sender'], 'userId' | 'name'>;

/** The chat with tools, the moderators, the banned users, the terms that are masked, and what was done. */
export function Moderation() {
  const { channel } = useOwn();
  const chat = useOwnChat();
  const { username, isLive } = channel;
  const [banned, setBanned] = useState<Sender>();
  const deletion = useDeleteMessage(username);
  // The same object each time, so that the messages are not all drawn again with each new one.
  const userId = useUser()?.id ?? '';
  const moderation = useMemo(
    () => ({
      userId,
      isOwner: true,
      deleteMessage: ({ id, sender }: Line) => deletion.mutate({ messageId: id, senderId: sender.userId }),
      ban: ({ sender }: Line) => setBanned(sender),
    }),
    [deletion.mutate, userId],
  );
  useTitle('Moderation');
  return (
    <>
      <div class="pageHead">
        <h1>Moderation</h1>
      </div>
      {deletion.isError && (
        <p class="refusal" role="alert">
          The message was not deleted. {sentenceOf(deletion.error)}
        </p>
      )}
      <div class="moderationColumns">
        <div>
          {isLive ? (
            <ChatPanel chat={chat} username={username} moderation={moderation} />
          ) : (
            <LastChat
              userId={userId}
              deleteMessage={({ id, sender }) =>
                deletion.mutateAsync({ messageId: id, senderId: sender.userId })
              }
              ban={({ sender }) => setBanned(sender)}
            />
          )}
          <ModerationLog username={username} />
        </div>
        <div>
          <Moderators username={username} isOwner />
          <Bans username={username} onBan={setBanned} />
          <BlockedTerms username={username} />
        </div>
      </div>
      {banned !== undefined && (
        <BanDialog username={username} sender={banned} onClose={() => setBanned(undefined)} />
      )}
    </>
  );
}

interface LastChatProps {
  readonly userId: string;
  readonly deleteMessage: (line: Line) => Promise<unknown>;
  readonly ban: (line: Line) => void;
}

/** What was said at the end of the last stream. */
function LastChat({ userId, deleteMessage, ban }: LastChatProps) {
  const { channel } = useOwn();
  const { username } = channel;
  const streams = useStreams(username);
  const stream = streams.data?.pages[0]?.items[0];
  const { data, isError, error, refetch } = useLastMessages(username, stream);
  // The archive shows a deletion some seconds later.
  const [deleted, setDeleted] = useState<ReadonlySet<string>>(new Set());
  const lines = data?.map(message => {
    const line = archivedLine(message, username);
    return deleted.has(line.id) ? { ...line, text: null } : line;
  });
  const moderation = {
    userId,
    isOwner: true,
    ban,
    deleteMessage: (line: Line) =>
      void deleteMessage(line).then(
        () => setDeleted(before => new Set(before).add(line.id)),
        () => undefined,
      ),
  };
  const isEmpty = lines?.length === 0 || (streams.isSuccess && stream === undefined);
  return (
    <section class="chat" aria-label="Chat of the last stream">
      <div class="chatHead">
        <h2>Last stream's chat</h2>
      </div>
      <div class="linesFrame">
        {isError && <Failure error={error} retry={() => void refetch()} />}
        <ol
          class="lines"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
          tabIndex={0}
          aria-label="Messages"
          aria-busy={lines === undefined && !isEmpty}
        >
          {isEmpty && <li class="gap">Nobody has written yet. Messages appear here while you are live.</li>}
          {lines?.map(line => (
            <LineView key={line.id} line={line} moderation={moderation} />
          ))}
        </ol>
      </div>
    </section>
  );
}
