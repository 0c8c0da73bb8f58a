import { channelChanges } from './channelChanges.ts';
import { channelOperations } from './channelOperations.ts';
import { chatOperations } from './chatOperations.ts';
import type { IvsOperations } from './operation.ts';
import { participantOperations } from './participantOperations.ts';
import { roomOperations } from './roomOperations.ts';
import { stageOperations } from './stageOperations.ts';
import { streamKeyOperations } from './streamKeyOperations.ts';
import { streamOperations } from './streamOperations.ts';
import { streamSessionOperations } from './streamSessionOperations.ts';
import { tagOperations } from './tagOperations.ts';

/** The operations of IVS Chat, whose requests are signed for `ivschat`. */
export const chatServiceOperations: IvsOperations = { ...roomOperations, ...chatOperations };

/** The operations of IVS and IVS Real-Time, whose requests are signed for `ivs`. All paths are different. */
export const ivsServiceOperations: IvsOperations = {
  ...channelOperations,
  ...channelChanges,
  ...streamKeyOperations,
  ...streamOperations,
  ...streamSessionOperations,
  ...stageOperations,
  ...participantOperations,
};

/** All operations of the simulator. */
export const operations: IvsOperations = {
  ...ivsServiceOperations,
  ...chatServiceOperations,
  ...tagOperations,
};
