import type { components } from './schema.ts';

/** The public state of a channel, which the events `stream:*` have. */
export type ChannelState = Readonly<components['schemas']['ChannelState']>;

/** The public state of a stage, which the events `stage:live` and `stage:offline` have. */
export type StageState = Readonly<components['schemas']['StageState']>;

/** The names of all events that the back end sends to chat rooms. */
export type RoomEventName = components['schemas']['RoomEventName'];

/** An event of `amazon-ivs-chat-messaging`, as its listener `event` receives it. */
export interface ReceivedEvent {
  readonly eventName: string;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

export interface StateListeners {
  /** Is called with the channel's state after it went live or offline or was edited. */
  readonly onChannel?: (channel: ChannelState) => void;
  /** Is called with the state of the owner's stage after it went live or offline. */
  readonly onStage?: (stage: StageState) => void;
}

/**
 * Returns a listener for the events of a chat room that calls `onChannel` and `onStage` with new states. It
 * drops repeats, and states older than one that it has passed on. It ignores all other events.
 *
 * ```ts
 * room.addListener('event', stateEvents({ onChannel: ({ isLive, title }) => show(isLive, title) }));
 * ```
 */
export function stateEvents({ onChannel, onStage }: StateListeners): (event: ReceivedEvent) => void {
  const versions = new Map<string, number>();
  return ({ eventName, attributes = {} }) => {
    const { id, version = '', at, isLive, channelId, stageId, title, ...others } = attributes;
    const resource = channelId ?? stageId;
    const number = Number.parseInt(version, 10);
    if (id === undefined || at === undefined || resource === undefined) return;
    if (!(number > (versions.get(resource) ?? -1))) return;
    const state = { id, version: number, at, isLive: isLive === 'true' };
    if (eventName.startsWith('stream:') && channelId !== undefined && title !== undefined) {
      versions.set(resource, number);
      const { categoryId, streamId, startedAt } = others;
      onChannel?.({
        ...state,
        channelId,
        title,
        ...(categoryId === undefined ? {} : { categoryId }),
        ...(streamId === undefined ? {} : { streamId }),
        ...(startedAt === undefined ? {} : { startedAt }),
      });
    } else if (eventName.startsWith('stage:') && stageId !== undefined) {
      versions.set(resource, number);
      onStage?.({ ...state, stageId });
    }
  };
}
