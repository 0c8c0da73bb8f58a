import { listChatReplay, type ReplayedMessage } from '../../../domain/chatReplay.ts';
import type { CursorCodec } from '../../../domain/cursors.ts';
import type { Database } from '../../../store/database.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { ChatMessageBody, listChatMessagesOperation } from './chatAnswers.ts';

export function listChatMessages(
  database: Database<'channels' | 'streams' | 'chatMessages'>,
  cursors: CursorCodec,
  clock: () => Date,
): HandlerOf<typeof listChatMessagesOperation> {
  return async c => {
    const { username, streamId } = c.req.valid('param');
    const page = await listChatReplay(
      { database, cursors, clock },
      { username, streamId },
      c.req.valid('query'),
    );
    return c.json(shapeList(page, shape), 200);
  };
}

function shape({ message, offsetMs, isDeleted }: ReplayedMessage): ChatMessageBody {
  const { messageId, sentAt, content, attributes = {}, sender } = message;
  return {
    id: messageId,
    sentAt,
    offsetMs,
    isDeleted,
    content: isDeleted ? null : content,
    attributes: isDeleted ? null : attributes,
    sender: { userId: sender.userId, username: sender.username ?? null, ...shapeSender(sender) },
  };
}

/** The archive has the whole URL of the avatar, because the token carries it. */
function shapeSender({ displayName, color, avatarUrl }: ReplayedMessage['message']['sender']) {
  return { displayName: displayName ?? null, color: color ?? null, avatarUrl: avatarUrl ?? null };
}
