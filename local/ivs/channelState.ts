import { z } from 'zod';
import { tagRecord } from './tags.ts';

/** An event of a session. `id` is the id of the EventBridge event, so that a repeated event counts once. */
export const sessionEvent = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  eventTime: z.string(),
  code: z.string().optional(),
});
export type SimulatedEvent = z.infer<typeof sessionEvent>;

/** The settings of CreateChannel and UpdateChannel. The defaults are for a channel known only from events. */
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

const streamKey = z.object({ arn: z.string(), value: z.string(), tags: tagRecord }).readonly();
export type SimulatedStreamKey = z.infer<typeof streamKey>;

/** A channel without its sessions. */
export const channelRecord = z.object({
  arn: z.string(),
  ...channelSettings.shape,
  tags: tagRecord,
  /** The passphrase for encoders that use SRT. */
  passphrase: z.string().default(''),
  streamKeys: z.array(streamKey).readonly().default([]),
  /** A deleted channel is kept because IVS keeps its sessions for 60 days. */
  isDeleted: z.boolean().default(false),
});
export type ChannelRecord = Readonly<z.infer<typeof channelRecord>>;

export interface SimulatedSession {
  readonly streamId: string;
  /** The events by id, in the order of their arrival. */
  readonly events: ReadonlyMap<string, SimulatedEvent>;
}

export interface SimulatedChannel extends ChannelRecord {
  readonly sessions: ReadonlyMap<string, SimulatedSession>;
}
