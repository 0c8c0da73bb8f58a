import type { Category } from '../model/category.ts';
import type { Channel } from '../model/channel.ts';
import type { ChatMessage } from '../model/chatMessage.ts';
import type { ChatRoom } from '../model/chatRoom.ts';
import type { Follow } from '../model/follow.ts';
import type { MinuteMetric } from '../model/metric.ts';
import type { Stage } from '../model/stage.ts';
import type { Stream } from '../model/stream.ts';
import type { StreamEvent } from '../model/streamEvent.ts';
import type { User, Username } from '../model/user.ts';

interface Rows {
  users: User;
  usernames: Username;
  channels: Channel;
  chatRooms: ChatRoom;
  stages: Stage;
  categories: Category;
  streams: Stream;
  streamEvents: StreamEvent;
  metrics: MinuteMetric;
  chatMessages: ChatMessage;
  follows: Follow;
}

/** A row and the table it goes into, before it has the seed mark. */
export type SeedRow = { [T in keyof Rows]: { readonly table: T; readonly row: Rows[T] } }[keyof Rows];
