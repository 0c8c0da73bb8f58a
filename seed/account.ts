import { type Channel, directoryKeys } from '../model/channel.ts';
import type { ChatRoom } from '../model/chatRoom.ts';
import { ingestHost, playbackHost } from '../model/ivsHosts.ts';
import { localPlaybackUrl } from '../model/localEndpoint.ts';
import type { PublicProfile } from '../model/profile.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { displayNameKeysOf } from '../model/searchKey.ts';
import { liveKeys, type Stage } from '../model/stage.ts';
import { addMs, type Timestamp } from '../model/time.ts';
import type { User, Username } from '../model/user.ts';
import { nameRangeOf, usernameKeyOf } from '../model/username.ts';
import type { ViewerMinute } from '../model/viewerMinute.ts';
import { channelArn, chatRoomArn, type Identity, MOCK_ACCOUNT, stageArn } from './identity.ts';
import { recordingPath } from './moments.ts';
import type { Random } from './random.ts';
import type { SeedPlan } from './seedPlan.ts';
import type { Session } from './session.ts';
import type { StageState } from './stage.ts';

const DAY_MS = 86_400_000;

/** Returns when the account was created: before its stream and before every follow of its channel. */
export function accountMadeAt({ startedAt }: Session, random: Random): Timestamp {
  return addMs(startedAt, -random.number.int({ min: 31, max: 400 }) * DAY_MS);
}

/** Returns the user, username, chat room and stage rows of one account. A mock user cannot sign in. */
export function accountRows(
  who: Identity,
  region: string,
  createdAt: Timestamp,
  blockedTerms: ChatRoom['blockedTerms'],
  { invitations, participants }: StageState,
  shown: PublicProfile,
): { user: User; username: Username; chatRoom: ChatRoom; stage: Stage } {
  const times = { createdAt, updatedAt: createdAt };
  const { userId, username, channelId, chatRoomId, stageId } = who;
  const [first] = participants;
  return {
    user: {
      id: userId,
      username,
      usernameKey: usernameKeyOf(username),
      ...shown,
      status: 'active',
      channelId,
      chatRoomId,
      stageId,
      version: 1,
      ...times,
    },
    username: { usernameKey: usernameKeyOf(username), userId, ...times },
    chatRoom: {
      id: chatRoomId,
      arn: chatRoomArn(region, chatRoomId),
      name: username,
      userId,
      channelId,
      ...(blockedTerms === undefined ? {} : { blockedTerms }),
      ...times,
    },
    stage: {
      id: stageId,
      arn: stageArn(region, stageId),
      name: username,
      userId,
      channelId,
      ...(first === undefined ? {} : liveKeys(stageId, first.at)),
      isLive: participants.length > 0,
      publishedParticipants: participants.map(({ id }) => id).sort(),
      ...(invitations.length === 0 ? {} : { invitations: [...invitations] }),
      version: 1,
      ...times,
    },
  };
}

/** The descriptive attributes of a channel. */
export type Profile = Pick<
  Channel,
  'title' | 'categoryId' | 'isPartner' | 'followerCount' | 'moderatorCount' | 'isStageLive'
> &
  PublicProfile;

type Place = Pick<SeedPlan, 'region' | 'localUrl'>;

/** Returns the channel's row in the state after the events of its only session. */
export function channelRowOf(
  who: Identity,
  place: Place,
  profile: Profile,
  session: Session,
  createdAt: Timestamp,
  lastMinute: ViewerMinute | undefined,
): Channel {
  const isLive = session.endedAt === undefined;
  const { region } = place;
  return {
    id: who.channelId,
    arn: channelArn(region, who.channelId),
    userId: who.userId,
    username: who.username,
    usernameKey: usernameKeyOf(who.username),
    nameRange: nameRangeOf(usernameKeyOf(who.username)),
    ...displayNameKeysOf(profile.displayName),
    ...profile,
    playbackUrl: playbackUrl(place, who.channelId),
    ingestEndpoint: ingestHost(`${MOCK_ID_PREFIX}ingest`),
    streamKey: `sk_${region}_${who.channelId}`,
    chatRoomArn: chatRoomArn(region, who.chatRoomId),
    stageArn: stageArn(region, who.stageId),
    isLive,
    newestStreamId: who.streamId,
    newestStartedAt: session.startedAt,
    ...(isLive
      ? {
          openStreamId: who.streamId,
          ...directoryKeys({ id: who.channelId, ...profile }),
          liveStartedAt: session.startedAt,
          ...(session.isRecorded ? { livePreviewPath: recordingPath(who, session) } : {}),
          ...(lastMinute === undefined ? {} : { viewers: lastMinute.viewers, viewersAt: lastMinute.id }),
        }
      : {}),
    version: 1,
    createdAt,
    updatedAt: session.endedAt ?? session.startedAt,
  };
}

function playbackUrl({ region, localUrl }: Place, channelId: string): string {
  if (localUrl !== undefined) return localPlaybackUrl(localUrl, channelId);
  const path = `api/video/v1/${region}.${MOCK_ACCOUNT}.channel.${channelId}.m3u8`;
  return `https://${playbackHost(`${MOCK_ID_PREFIX}playback`, region)}/${path}`;
}
