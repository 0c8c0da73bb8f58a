import type { Channel } from '../model/channel.ts';
import { present } from '../model/row.ts';

/** `channel` with the mark by which it is found while something is left to do for it at IVS, or without. */
export function marked(channel: Channel): Channel {
  const isPending = channel.streamKey === undefined || channel.pendingType !== undefined;
  return { ...channel, pending: isPending ? present : undefined };
}
