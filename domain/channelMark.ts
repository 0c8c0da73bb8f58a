import type { Channel } from '../model/channel.ts';
import { present } from '../model/row.ts';

/** `channel` with the mark by which the schedule finds it while something is left to do for it, or without. */
export function marked(channel: Channel): Channel {
  const isPending =
    channel.streamKey === undefined ||
    channel.pendingType !== undefined ||
    channel.partnerReviewAt !== undefined;
  return { ...channel, pending: isPending ? present : undefined };
}
