import type { components } from './schema.ts';

/** The public state of a channel, which the events `stream:*` have. */
export type ChannelState = Readonly<components['schemas']['ChannelState']>;

/** The public state of a stage, which the events `stage:live`, `stage:offline` and `stage:requests` have. */
export type StageState = Readonly<components['schemas']['StageState']>;

/** The names of all events that the back end sends to chat rooms. */
export type RoomEventName = components['schemas']['RoomEventName'];

/** An event of `amazon-ivs-chat-messaging`, as its listener `event` receives it. */
export interface ReceivedEvent {
  readonly eventName: string;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

export interface StateListeners {
  /** Is called with the channel's state after it went live or offline, was edited, or its viewers changed. */
  readonly onChannel?: (channel: ChannelState) => void;
  /**
   * Is called with the state of the owner's stage after it went live or offline, and after the requests to come
   * on it changed. Then `requestsVersion` has grown.
   */
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
  const newest = new Map<string, Age>();
  return ({ eventName, attributes = {} }) => {
    const { id, version = '', at, isLive, channelId, stageId, title, ...others } = attributes;
    const resource = channelId ?? stageId;
    const { categoryId, streamId, startedAt, viewers, viewersAt } = others;
    const age: Age = [Number.parseInt(version, 10), viewersAt ?? ''];
    if (id === undefined || at === undefined || resource === undefined) return;
    if (!isNewer(age, newest.get(resource) ?? [-1, ''])) return;
    const state = { id, version: age[0], at, isLive: isLive === 'true' };
    if (eventName.startsWith('stream:') && channelId !== undefined && title !== undefined) {
      newest.set(resource, age);
      onChannel?.({
        ...state,
        channelId,
        title,
        ...(categoryId === undefined ? {} : { categoryId }),
        ...(streamId === undefined ? {} : { streamId }),
        ...(startedAt === undefined ? {} : { startedAt }),
        ...(viewers === undefined ? {} : { viewers: Number.parseInt(viewers, 10) }),
        ...(viewersAt === undefined ? {} : { viewersAt }),
      });
    } else if (eventName.startsWith('stage:') && stageId !== undefined) {
      newest.set(resource, age);
      const requestsVersion = Number.parseInt(others.requestsVersion ?? '', 10);
      onStage?.({ ...state, stageId, ...(requestsVersion >= 0 ? { requestsVersion } : {}) });
    }
  };
}

/** The version of a state, and the minute of its number of viewers. */
type Age = readonly [version: number, viewersAt: string];

const isNewer = (a: Age, b: Age) => a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
