import { z } from 'zod';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../model/localEndpoint.ts';
import type { Envelope } from '../eventBus/envelope.ts';
import { nullStateStore, type StateStore } from '../stateStore.ts';
import { applyEvent } from './applyEvent.ts';
import { unansweredPlaybackUrl } from './channelOperations.ts';
import { redeemChatToken } from './chatTokens.ts';
import { IvsError } from './errors.ts';
import { type FaultPlan, faultPlan, refusal } from './faults.ts';
import { defaultLimits, type ResourceLimits } from './limits.ts';
import type { IvsContext } from './operation.ts';
import { operations } from './operations.ts';
import { pageNumber } from './pages.ts';
import { type Quota, rateOf, tokenBuckets } from './quotas.ts';
import { type IvsResources, listResources } from './resources.ts';
import type { ChatGrant, RoomAttachments, RoomEvent, SimulatedRoom } from './roomState.ts';
import { liveSession, viewSessions } from './sessions.ts';
import { ivsState } from './state.ts';
import { streamStops } from './streamStops.ts';

/** The default of `stopDelayMs`. */
const STOP_DELAY_MS = 500;

/** The number of deliveries that are remembered. */
const MAX_DELIVERED = 1_000;

export interface IvsSimulatorOptions {
  /** Is called with the EventBridge events that IVS sends. */
  readonly emit: (envelope: Envelope) => void;
  readonly account?: string;
  readonly region?: string;
  readonly now?: () => Date;
  /** Returns the URL from which viewers play a channel. By default, a URL that no server answers. */
  readonly playbackUrl?: (channelArn: string) => string;
  readonly quota?: Quota;
  readonly limits?: Partial<ResourceLimits>;
  /** The time from StopStream to the end of the stream, in milliseconds. */
  readonly stopDelayMs?: number;
  /** Stores the simulator's state and has the state of an earlier process. */
  readonly stateStore?: StateStore;
  /** Is called with the events for the clients in chat rooms. */
  readonly onRoomEvent?: (event: RoomEvent) => void;
  /**
   * The attachments of seeded chat rooms. If given, the rooms and stages of `make seed` are created when they
   * are first used. Otherwise they do not exist, as on AWS.
   */
  readonly seededRoom?: RoomAttachments;
}

/** The result of a call. `done` without a body is a 204. `lost` took effect but must not be answered. */
export type IvsAnswer =
  | { readonly kind: 'done'; readonly body: object | undefined }
  | { readonly kind: 'refused'; readonly error: IvsError }
  | { readonly kind: 'lost' };

/** The control planes of IVS, IVS Chat and IVS Real-Time. Callers answer only after `StateStore.saved`. */
export interface IvsSimulator {
  /** Returns whether the operation exists. */
  knows(operation: string): boolean;
  call(operation: string, input: unknown): IvsAnswer;
  /** Updates the state from an event of IVS, unless the event is too far in the future. */
  applyEvent(envelope: unknown): void;
  /** Returns the grant of a chat token and deletes it; undefined for an invalid token. */
  redeem(token: string): ChatGrant | undefined;
  /** Returns a chat room if it exists. */
  room(arn: string): SimulatedRoom | undefined;
  /** Returns whether viewers can watch a channel. */
  isLive(channelArn: string): boolean;
  /** Returns the times at which a channel, by its id, was live. A running stream lasts until now. */
  streamed(channelId: string): readonly StreamedTime[];
  readonly faults: FaultPlan;
  /** Returns the number of calls of each operation, including refused ones. */
  calls(): Readonly<Record<string, number>>;
  /** Returns the resources that exist. */
  resources(): IvsResources;
  /** Returns the newest metadata and events that were sent to channels and rooms, newest last. */
  delivered(): readonly Delivered[];
  /** Immediately ends the streams that are being stopped. */
  finishStops(): void;
}

/** A time at which a channel was live, in milliseconds since the epoch. */
export interface StreamedTime {
  readonly streamId: string;
  readonly from: number;
  readonly to: number;
}

/** Timed metadata or a chat event, with the ARN of its channel or room. */
export interface Delivered {
  readonly to: string;
  readonly payload: object;
}

export function ivsSimulator(options: IvsSimulatorOptions): IvsSimulator {
  const { now = () => new Date() } = options;
  const state = ivsState(options.stateStore ?? nullStateStore);
  const withinQuota = options.quota ?? tokenBuckets(() => performance.now());
  const faults = faultPlan();
  const calls = new Map<string, number>();
  const delivered: Delivered[] = [];
  const stops = streamStops({
    state,
    delayMs: options.stopDelayMs ?? STOP_DELAY_MS,
    now,
    emit: options.emit,
  });

  const deliver = (to: string, payload: object) => {
    delivered.push({ to, payload });
    if (delivered.length > MAX_DELIVERED) delivered.shift();
  };
  const context: IvsContext = {
    state,
    account: options.account ?? LOCAL_ACCOUNT,
    region: options.region ?? LOCAL_REGION,
    limits: { ...defaultLimits, ...options.limits },
    now,
    playbackUrl: options.playbackUrl ?? unansweredPlaybackUrl,
    emit: options.emit,
    stopStream: stops.stop,
    deliver,
    sendToRoom: event => {
      if (event.kind === 'event')
        deliver(event.roomArn, { EventName: event.name, Attributes: event.attributes });
      options.onRoomEvent?.(event);
    },
    seededRoom: options.seededRoom,
  };

  const run = (name: string, input: unknown): IvsAnswer => {
    const operation = operations[name];
    if (operation === undefined) throw new Error(`the simulator has no operation ${name}`);
    calls.set(name, (calls.get(name) ?? 0) + 1);
    if (!withinQuota(name, channelOf(input))) throw refusal('throttled', rateOf(name));
    const failure = faults.take(name, pageNumber(input));
    if (failure !== undefined && failure !== 'lostAnswer') throw refusal(failure, rateOf(name));
    const body = operation(context, input);
    return failure === 'lostAnswer' ? { kind: 'lost' } : { kind: 'done', body };
  };

  return {
    knows: name => Object.hasOwn(operations, name),
    call: (name, input) => {
      try {
        return run(name, input);
      } catch (error) {
        if (!(error instanceof IvsError)) throw error;
        return { kind: 'refused', error };
      }
    },
    applyEvent: envelope => applyEvent(state, envelope, now()),
    redeem: token => redeemChatToken(state, token, now()),
    room: arn => state.rooms.get(arn),
    isLive: arn => {
      const channel = state.channels.get(arn);
      return channel !== undefined && !channel.isDeleted && liveSession(channel) !== undefined;
    },
    streamed: channelId =>
      [...state.channels.values()]
        .filter(({ arn }) => arn.endsWith(`:channel/${channelId}`))
        .flatMap(viewSessions)
        .flatMap(({ streamId, endTime, events }) => {
          const start = events.findLast(({ name }) => name === 'Stream Start')?.eventTime;
          if (start === undefined) return [];
          const to = endTime === undefined ? now().getTime() : Date.parse(endTime);
          return [{ streamId, from: Date.parse(start), to }];
        }),
    faults,
    calls: () => Object.fromEntries(calls),
    resources: () => listResources(state),
    delivered: () => delivered,
    finishStops: stops.finish,
  };
}

function channelOf(input: unknown): string | undefined {
  return z.object({ channelArn: z.string() }).safeParse(input).data?.channelArn;
}
