import type { Profile } from '../../../domain/accounts/profile.ts';
import { imageUrl, type PublicProfile } from '../../../model/profile.ts';
import { shapeCard } from '../http/card.ts';
import type { ProfileBody } from './answers.ts';

/** Converts what a user shows of themselves to the form that the API returns. */
export function shapeShown(profile: PublicProfile, recordingsUrl: string) {
  const { bio, banner } = profile;
  return {
    ...shapeCard(profile, recordingsUrl),
    bio: bio ?? null,
    bannerUrl: imageUrl(banner, recordingsUrl) ?? null,
  };
}

/** Converts a profile to the form that the API returns. `chatEndpoint` is the WebSocket URL of chat. */
export function shapeProfile(
  { user, channel, chatRoom, stage }: Profile,
  { chatEndpoint, recordingsUrl }: { readonly chatEndpoint: string; readonly recordingsUrl: string },
): ProfileBody {
  return {
    id: user.id,
    username: user.username,
    ...shapeShown(user, recordingsUrl),
    createdAt: user.createdAt,
    isStaff: user.staffSince !== undefined,
    channel: {
      id: channel.id,
      arn: channel.arn,
      title: channel.title,
      categoryId: channel.categoryId ?? null,
      isLive: channel.isLive,
      isPartner: channel.isPartner,
      followerCount: channel.followerCount,
      playbackUrl: channel.playbackUrl,
    },
    chatRoom: { id: chatRoom.id, arn: chatRoom.arn, endpoint: chatEndpoint },
    stage: { id: stage.id, arn: stage.arn },
  };
}
