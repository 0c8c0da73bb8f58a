import { z } from 'zod';
import { tagRecord } from './tags.ts';

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

/** What CreateChannel and UpdateChannel set, with the defaults of a channel that only events told of. */
export const channelSettings = z.object({
  name: z.string().default(''),
  latencyMode: z.enum(['LOW', 'NORMAL']).default('LOW'),
  type: z.enum(['BASIC', 'STANDARD', 'ADVANCED_SD', 'ADVANCED_HD']).default('STANDARD'),
  authorized: z.boolean().default(false),
  insecureIngest: z.boolean().default(false),
  preset: z.enum(['', 'HIGHER_BANDWIDTH_DELIVERY', 'CONSTRAINED_BANDWIDTH_DELIVERY']).default(''),
  recordingConfigurationArn: z.string().default(''),
  playbackRestrictionPolicyArn: z.string().default(''),
  containerFormat: z.enum(['TS', 'FRAGMENTED_MP4']).default('TS'),
  multitrackInputConfiguration: z
    .object({
      enabled: z.boolean().optional(),
      policy: z.enum(['ALLOW', 'REQUIRE']).optional(),
      maximumResolution: z.enum(['SD', 'HD', 'FULL_HD']).optional(),
    })
    .optional(),
});
export type ChannelSettings = z.infer<typeof channelSettings>;

const streamKey = z.object({ arn: z.string(), value: z.string(), tags: tagRecord });
export type SimulatedStreamKey = z.infer<typeof streamKey>;

/** A channel as it is written to a file. */
export const channelRecord = z.object({
  arn: z.string(),
  ...channelSettings.shape,
  tags: tagRecord,
  /** What an encoder that speaks SRT signs in with. */
  passphrase: z.string().default(''),
  streamKeys: z.array(streamKey).default([]),
  /** Deleted: nothing finds it but its sessions, which IVS keeps for 60 days. */
  isDeleted: z.boolean().default(false),
  sessions: z.array(session).default([]),
});
export type ChannelRecord = z.infer<typeof channelRecord>;

export interface SimulatedSession {
  readonly streamId: string;
  /** In the order they were learned, which says nothing about when they happened. */
  readonly events: Map<string, SimulatedEvent>;
}

export interface SimulatedChannel extends Omit<ChannelRecord, 'sessions'> {
  readonly sessions: Map<string, SimulatedSession>;
}

export function restoreChannel({ sessions, ...channel }: ChannelRecord): SimulatedChannel {
  const restored = sessions.map(({ streamId, events }) => {
    return [streamId, { streamId, events: new Map(events.map(event => [event.id, event])) }] as const;
  });
  return { ...channel, sessions: new Map(restored) };
}

export function recordOfChannel({ sessions, ...channel }: SimulatedChannel): ChannelRecord {
  const kept = [...sessions.values()].map(({ streamId, events }) => ({
    streamId,
    events: [...events.values()],
  }));
  return { ...channel, sessions: kept };
}

/** The channel's session with `streamId`, made when it is not there. */
export function ensureSession(channel: SimulatedChannel, streamId: string): SimulatedSession {
  const existing = channel.sessions.get(streamId);
  if (existing !== undefined) return existing;
  const made: SimulatedSession = { streamId, events: new Map() };
  channel.sessions.set(streamId, made);
  return made;
}
