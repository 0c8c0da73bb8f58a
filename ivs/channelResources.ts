import { IvsClient } from '@aws-sdk/client-ivs';
import { channels } from './channels.ts';
import { type ClientSettings, oneTry } from './clientSettings.ts';
import type { Attachments, UserResources } from './ports.ts';
import { streamKeys } from './streamKeys.ts';
import type { Tagging } from './tags.ts';

/**
 * The calls for a user's channel and stream key. They do not need the clients of IVS Chat and IVS Real-Time,
 * so most functions need not load these clients.
 */
export type ChannelResources = Pick<
  UserResources,
  keyof ReturnType<typeof channels> | keyof ReturnType<typeof streamKeys>
>;

/** Creates a client. The endpoint is that of `settings`, otherwise `AWS_ENDPOINT_URL`, otherwise AWS. */
export function ivsClient(settings: ClientSettings = {}): IvsClient {
  return new IvsClient({ ...oneTry, ...settings });
}

/** Returns the calls for users' channels and stream keys through `ivs`. */
export function channelResources(
  ivs: IvsClient,
  tagging: Tagging,
  attachments?: Attachments,
): ChannelResources {
  return { ...channels(ivs, tagging, attachments), ...streamKeys(ivs, tagging) };
}
