import type { AuditEntry } from '../model/auditEntry.ts';
import type { Ban } from '../model/ban.ts';
import type { Category } from '../model/category.ts';
import type { Channel } from '../model/channel.ts';
import type { ChatDeletion, ChatMessage, ChatMinute } from '../model/chatMessage.ts';
import type { ChatRoom } from '../model/chatRoom.ts';
import type { Follow } from '../model/follow.ts';
import type { Moderator } from '../model/moderator.ts';
import type { Stage, StageParticipant, StageToken } from '../model/stage.ts';
import type { Stream } from '../model/stream.ts';
import type { StreamEvent } from '../model/streamEvent.ts';
import type { User, Username } from '../model/user.ts';
import type { ViewerMinute } from '../model/viewerMinute.ts';

interface Rows {
  users: User;
  usernames: Username;
  channels: Channel;
  chatRooms: ChatRoom;
  stages: Stage;
  stageParticipants: StageParticipant;
  stageTokens: StageToken;
  categories: Category;
  streams: Stream;
  streamEvents: StreamEvent;
  metrics: ViewerMinute;
  chatMessages: ChatMessage | ChatDeletion | ChatMinute;
  follows: Follow;
  bans: Ban;
  moderators: Moderator;
  audit: AuditEntry;
}

/** A row and its table, before the row gets the seed mark. */
export type SeedRow = { [T in keyof Rows]: { readonly table: T; readonly row: Rows[T] } }[keyof Rows];
