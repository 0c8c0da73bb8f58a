import { IvsClient } from '@aws-sdk/client-ivs';
import { channels } from './channels.ts';
import { type ClientSettings, oneTry } from './clientSettings.ts';
import type { Attachments, UserResources } from './ports.ts';
import { streamKeys } from './streamKeys.ts';
import type { Tagging } from './tags.ts';

/** What a user owns of IVS itself: without IVS Chat and IVS Real-Time, whose clients most functions need not load. */
export type ChannelResources = Pick<
  UserResources,
  keyof ReturnType<typeof channels> | keyof ReturnType<typeof streamKeys>
>;

/** A client whose endpoint is the SDK's own choice, unless `settings` has one: `AWS_ENDPOINT_URL`, else AWS. */
export function ivsClient(settings: ClientSettings = {}): IvsClient {
  return new IvsClient({ ...oneTry, ...settings });
}

/** Users' channels and stream keys, through `ivs`. */
export function channelResources(
  ivs: IvsClient,
  tagging: Tagging,
  attachments?: Attachments,
): ChannelResources {
  return { ...channels(ivs, tagging, attachments), ...streamKeys(ivs, tagging) };
}
