import { z } from 'zod';
import {
  channelRecord,
  channelSettings,
  recordOfChannel,
  restoreChannel,
  type SimulatedChannel,
} from './channelState.ts';
import type { ChatGrant } from './chatTokens.ts';
import { roomRecord, type SimulatedRoom } from './roomState.ts';
import { type SimulatedStage, stageRecord } from './stageState.ts';

/** All that the simulated control planes keep, as it is written to a file. */
export const ivsSnapshot = z.object({
  channels: z.array(channelRecord),
  rooms: z.array(roomRecord).default([]),
  stages: z.array(stageRecord).default([]),
});
export type IvsSnapshot = z.infer<typeof ivsSnapshot>;

/** The state of the simulated control planes: resources by ARN. */
export interface IvsState {
  readonly channels: Map<string, SimulatedChannel>;
  readonly rooms: Map<string, SimulatedRoom>;
  readonly stages: Map<string, SimulatedStage>;
  /** By token, the oldest first. Not in the snapshot: a minute later they are worth nothing. */
  readonly chatTokens: Map<string, ChatGrant>;
}

export function emptyState(): IvsState {
  return { channels: new Map(), rooms: new Map(), stages: new Map(), chatTokens: new Map() };
}

export function restoreState(snapshot: IvsSnapshot): IvsState {
  return {
    channels: byArn(snapshot.channels.map(restoreChannel)),
    rooms: byArn(snapshot.rooms),
    stages: byArn(snapshot.stages),
    chatTokens: new Map(),
  };
}

export function takeSnapshot({ channels, rooms, stages }: IvsState): IvsSnapshot {
  return structuredClone({
    channels: [...channels.values()].map(recordOfChannel),
    rooms: [...rooms.values()],
    stages: [...stages.values()],
  });
}

/** The channel with `arn`, made when it is not there. */
export function ensureChannel(state: IvsState, arn: string): SimulatedChannel {
  const existing = state.channels.get(arn);
  if (existing !== undefined) return existing;
  const made: SimulatedChannel = {
    arn,
    ...channelSettings.parse({}),
    tags: {},
    passphrase: '',
    streamKeys: [],
    isDeleted: false,
    sessions: new Map(),
  };
  state.channels.set(arn, made);
  return made;
}

/** The stage with `arn`, made when it is not there. */
export function ensureStage(state: IvsState, arn: string): SimulatedStage {
  const existing = state.stages.get(arn);
  if (existing !== undefined) return existing;
  const made: SimulatedStage = { arn, name: '', tags: {}, invited: {}, events: {}, isDeleted: false };
  state.stages.set(arn, made);
  return made;
}

function byArn<T extends { readonly arn: string }>(resources: readonly T[]): Map<string, T> {
  return new Map(resources.map(resource => [resource.arn, resource]));
}
