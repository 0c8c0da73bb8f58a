import type { IvsClient } from '@aws-sdk/client-ivs';
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import { IvschatClient } from '@aws-sdk/client-ivschat';
import { channelResources, ivsClient } from './channelResources.ts';
import { listChannels } from './channels.ts';
import { type ClientSettings, oneTry } from './clientSettings.ts';
import type { Attachments, UserResources } from './ports.ts';
import { listRooms, rooms } from './rooms.ts';
import { listStages, stages } from './stages.ts';
import type { Tagging } from './tags.ts';

/** A client for each of the three control planes. */
export interface IvsClients {
  readonly ivs: IvsClient;
  readonly chat: IvschatClient;
  readonly realTime: IVSRealTimeClient;
}

/** Creates the clients. Their endpoint is that of `settings`, otherwise `AWS_ENDPOINT_URL`, otherwise AWS. */
export function ivsClients(settings: ClientSettings = {}): IvsClients {
  return {
    ivs: ivsClient(settings),
    chat: new IvschatClient({ ...oneTry, ...settings }),
    realTime: new IVSRealTimeClient({ ...oneTry, ...settings }),
  };
}

/**
 * Returns the calls for users' resources at IVS. Without `attachments`, channels and chat rooms cannot be
 * created: a resource without recording or moderation because of a missing setting would stay unnoticed.
 */
export function userResources(
  { ivs, chat, realTime }: IvsClients,
  tagging: Tagging,
  attachments?: Attachments,
): UserResources {
  const lists = {
    channel: listChannels(ivs, tagging),
    room: listRooms(chat, tagging),
    stage: listStages(realTime, tagging),
  };
  return {
    ...channelResources(ivs, tagging, attachments),
    ...rooms(chat, tagging, attachments),
    ...stages(realTime, tagging),
    list: (kind, budget) => lists[kind](budget),
  };
}
