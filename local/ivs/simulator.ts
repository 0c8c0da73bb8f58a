import { z } from 'zod';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../model/localEndpoint.ts';
import type { Envelope } from '../eventBus/envelope.ts';
import { type KeptState, nothingKept } from '../keptState.ts';
import { redeemChatToken } from './chatTokens.ts';
import { IvsError } from './errors.ts';
import { type FaultPlan, faultPlan, refusal } from './faults.ts';
import { learn } from './learn.ts';
import { defaultLimits, type ResourceLimits } from './limits.ts';
import type { IvsContext } from './operation.ts';
import { operations } from './operations.ts';
import { pageNumber } from './pages.ts';
import { type Quota, rateOf, tokenBuckets } from './quotas.ts';
import { type IvsResources, listResources } from './resources.ts';
import type { ChatGrant, RoomAttachments, RoomEvent, SimulatedRoom } from './roomState.ts';
import { ivsState } from './state.ts';
import { streamStops } from './streamStops.ts';

/** How long a stream that is stopped goes on, unless a test says otherwise. */
const STOP_DELAY_MS = 500;

/** How much of what was sent is remembered. */
const MAX_DELIVERED = 1_000;

export interface IvsSimulatorOptions {
  /** Takes the EventBridge envelopes that IVS sends of its own accord. */
  readonly emit: (envelope: Envelope) => void;
  readonly account?: string;
  readonly region?: string;
  readonly now?: () => Date;
  readonly quota?: Quota;
  readonly limits?: Partial<ResourceLimits>;
  /** How long a stream that is stopped goes on, in milliseconds. */
  readonly stopDelayMs?: number;
  /** Where an earlier simulator left off, and where this one's state is kept. */
  readonly kept?: KeptState;
  /** Takes what the people in chat rooms are to see. */
  readonly onRoomEvent?: (event: RoomEvent) => void;
  /**
   * What seeded chat rooms have: with it, the rooms and stages that only `make seed` knows of exist as soon as they are
   * asked for. Without it they do not, as at AWS.
   */
  readonly seededRoom?: RoomAttachments;
}

/** An answer of a control plane; no body is a 204; `lost` was worked on and never sent. */
export type IvsAnswer =
  | { readonly kind: 'done'; readonly body: object | undefined }
  | { readonly kind: 'refused'; readonly error: IvsError }
  | { readonly kind: 'lost' };

/**
 * The control planes of Amazon IVS, IVS Chat and IVS Real-Time. Whoever passes an answer on waits until the state is
 * kept (`KeptState.saved`).
 */
export interface IvsSimulator {
  /** Whether there is an operation of that name. */
  knows(operation: string): boolean;
  call(operation: string, input: unknown): IvsAnswer;
  /** Takes an event as evidence of what IVS did, unless it is dated too far ahead of the clock. */
  learn(envelope: unknown): void;
  /** What a chat token stands for, once; undefined, and it cannot be used to connect. */
  redeem(token: string): ChatGrant | undefined;
  /** A chat room, if it exists. */
  room(arn: string): SimulatedRoom | undefined;
  readonly faults: FaultPlan;
  /** How often each operation was called, refused calls included. */
  calls(): Readonly<Record<string, number>>;
  /** What exists now. */
  resources(): IvsResources;
  /** What viewers of a channel, or people in a room, were sent lately by the control planes, the latest last. */
  delivered(): readonly Delivered[];
  /** Ends at once the streams that are being stopped. */
  settle(): void;
}

/** Timed metadata or a chat event, and the ARN of the channel or the room. */
export interface Delivered {
  readonly to: string;
  readonly what: object;
}

export function ivsSimulator(options: IvsSimulatorOptions): IvsSimulator {
  const { now = () => new Date() } = options;
  const state = ivsState(options.kept ?? nothingKept);
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

  const deliver = (to: string, what: object) => {
    delivered.push({ to, what });
    if (delivered.length > MAX_DELIVERED) delivered.shift();
  };
  const context: IvsContext = {
    state,
    account: options.account ?? LOCAL_ACCOUNT,
    region: options.region ?? LOCAL_REGION,
    limits: { ...defaultLimits, ...options.limits },
    now,
    emit: options.emit,
    stopStream: stops.stop,
    deliver,
    tellRoom: event => {
      if (event.kind === 'event')
        deliver(event.roomArn, { EventName: event.name, Attributes: event.attributes });
      options.onRoomEvent?.(event);
    },
    seededRoom: options.seededRoom,
  };

  const run = (name: string, input: unknown): IvsAnswer => {
    const operation = operations[name];
    if (operation === undefined) throw new Error(`IVS has no operation ${name} here`);
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
    learn: envelope => learn(state, envelope, now()),
    redeem: token => redeemChatToken(state, token, now()),
    room: arn => state.rooms.get(arn),
    faults,
    calls: () => Object.fromEntries(calls),
    resources: () => listResources(state),
    delivered: () => delivered,
    settle: stops.settle,
  };
}

function channelOf(input: unknown): string | undefined {
  return z.object({ channelArn: z.string() }).safeParse(input).data?.channelArn;
}
