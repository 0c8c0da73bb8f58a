import { type EditDependencies, editChannel } from '../../../domain/ownChannel.ts';
import type { Channel } from '../../../model/channel.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import { reviewTexts } from '../http/reviewedText.ts';
import type { OwnChannelBody, updateChannelOperation } from './answers.ts';

export function updateChannel(dependencies: EditDependencies): HandlerOf<typeof updateChannelOperation> {
  return async c => {
    const { channelId } = callerOf(c);
    const edit = c.req.valid('json');
    await reviewTexts({ title: edit.title });
    const channel = await editChannel(dependencies, channelId, edit);
    return c.json(shape(channel), 200);
  };
}

function shape(channel: Channel): OwnChannelBody {
  return {
    id: channel.id,
    username: channel.username,
    title: channel.title,
    categoryId: channel.categoryId ?? null,
    isLive: channel.isLive,
    isPartner: channel.isPartner,
    followerCount: channel.followerCount,
    playbackUrl: channel.playbackUrl,
    createdAt: channel.createdAt,
    updatedAt: channel.updatedAt,
  };
}
