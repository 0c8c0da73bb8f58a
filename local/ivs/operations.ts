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

/** Of IVS Chat: requests for it are signed for a service of its own, and its errors have a shape of their own. */
export const chatServiceOperations: IvsOperations = { ...roomOperations, ...chatOperations };

/** Of IVS and of IVS Real-Time: requests for both are signed for the same service, and no path is the same. */
export const ivsServiceOperations: IvsOperations = {
  ...channelOperations,
  ...channelChanges,
  ...streamKeyOperations,
  ...streamOperations,
  ...streamSessionOperations,
  ...stageOperations,
  ...participantOperations,
};

/** Every operation there is: one file for each family. */
export const operations: IvsOperations = {
  ...ivsServiceOperations,
  ...chatServiceOperations,
  ...tagOperations,
};
