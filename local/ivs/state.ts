import { z } from 'zod';

/** One event of a session as IVS keeps it. `id` is the envelope's: the same event told twice counts once. */
const sessionEvent = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  eventTime: z.string(),
  code: z.string().optional(),
});
export type SimulatedEvent = z.infer<typeof sessionEvent>;

const session = z.object({ streamId: z.string(), events: z.array(sessionEvent) });
const channel = z.object({ arn: z.string(), name: z.string(), sessions: z.array(session) });

/** All that the simulated control plane keeps, as it is written to a file. */
export const ivsSnapshot = z.object({ channels: z.array(channel) });
export type IvsSnapshot = z.infer<typeof ivsSnapshot>;

export interface SimulatedSession {
  readonly streamId: string;
  /** In the order they were learned, which says nothing about when they happened. */
  readonly events: Map<string, SimulatedEvent>;
}

export interface SimulatedChannel {
  readonly arn: string;
  name: string;
  readonly sessions: Map<string, SimulatedSession>;
}

/** The state of the simulated control plane: channels by ARN. */
export interface IvsState {
  readonly channels: Map<string, SimulatedChannel>;
}

export function emptyState(): IvsState {
  return { channels: new Map() };
}

export function restoreState(snapshot: IvsSnapshot): IvsState {
  const channels = snapshot.channels.map(({ arn, name, sessions }) => {
    const restored = sessions.map(({ streamId, events }) => {
      return [streamId, { streamId, events: new Map(events.map(event => [event.id, event])) }] as const;
    });
    return [arn, { arn, name, sessions: new Map(restored) }] as const;
  });
  return { channels: new Map(channels) };
}

export function takeSnapshot({ channels }: IvsState): IvsSnapshot {
  return {
    channels: [...channels.values()].map(({ arn, name, sessions }) => ({
      arn,
      name,
      sessions: [...sessions.values()].map(({ streamId, events }) => ({
        streamId,
        events: [...events.values()],
      })),
    })),
  };
}

/** The channel with `arn`, made when it is not there. */
export function ensureChannel(state: IvsState, arn: string): SimulatedChannel {
  const existing = state.channels.get(arn);
  if (existing !== undefined) return existing;
  const made: SimulatedChannel = { arn, name: '', sessions: new Map() };
  state.channels.set(arn, made);
  return made;
}

/** The channel's session with `streamId`, made when it is not there. */
export function ensureSession(channel: SimulatedChannel, streamId: string): SimulatedSession {
  const existing = channel.sessions.get(streamId);
  if (existing !== undefined) return existing;
  const made: SimulatedSession = { streamId, events: new Map() };
  channel.sessions.set(streamId, made);
  return made;
}
