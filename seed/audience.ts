import type { ChatMessage } from '../model/chatMessage.ts';
import type { Follow } from '../model/follow.ts';
import type { MinuteMetric } from '../model/metric.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { addMs, type Timestamp } from '../model/time.ts';
import { identityOf } from './identity.ts';
import type { Random } from './random.ts';
import type { SeedStream } from './seedFile.ts';
import type { SeedPlan } from './seedPlan.ts';
import type { Session } from './session.ts';
import { chatContent } from './words.ts';

const MAX_RANDOM_FOLLOWERS = 5;
/** Accounts are older than this, so both sides of a follow are there when it is made. */
const FOLLOWING_SINCE_DAYS = 30;

/**
 * The rows of those who follow channel `index`: the owners of the channels that come after it, round about.
 * There are at most as many as there are other channels.
 */
export function followsOf(plan: SeedPlan, index: number, random: Random): Follow[] {
  const others = plan.count - 1;
  const drawn = Math.min(random.number.int(MAX_RANDOM_FOLLOWERS), others);
  const { channelId } = identityOf(plan, index);
  return Array.from({ length: plan.channels[index]?.followerCount ?? drawn }, (_, nth) => {
    const follower = identityOf(plan, (index + 1 + (nth % others)) % plan.count);
    const followedAt = addMs(
      plan.now,
      -random.number.int({ min: 1, max: FOLLOWING_SINCE_DAYS * 86_400 }) * 1000,
    );
    return { userId: follower.userId, channelId, followedAt, createdAt: followedAt, updatedAt: followedAt };
  });
}

/** The stream's chat: the seed file's lines, or a few from the owners of other channels. */
export function chatOf(
  plan: SeedPlan,
  streamId: string,
  stated: SeedStream | undefined,
  session: Session,
  random: Random,
): ChatMessage[] {
  const lines = stated?.chat?.map(line => ({ ...line, userId: senderId(plan, line.username) }));
  return (lines ?? randomLines(plan, session, random)).map(
    ({ atSeconds, userId, username, content }, order) => {
      const sentAt = addMs(session.startedAt, atSeconds * 1000);
      const messageId = `${streamId}-message-${order}`;
      return {
        streamId,
        id: `${sentAt}#${messageId}`,
        messageId,
        sentAt,
        content,
        sender: { userId, username },
        isDeleted: false,
        createdAt: sentAt,
        updatedAt: sentAt,
      };
    },
  );
}

/** The id of the seed file's user of that name, or of a guest. */
function senderId(plan: SeedPlan, username: string): string {
  const key = username.toLowerCase();
  const index = plan.channels.findIndex(channel => channel.username.toLowerCase() === key);
  return index === -1 ? `${MOCK_ID_PREFIX}guest-${key}` : identityOf(plan, index).userId;
}

function randomLines(plan: SeedPlan, session: Session, random: Random) {
  const seconds = Math.floor(lengthMs(session) / 1000);
  return Array.from({ length: random.number.int({ min: 3, max: 8 }) }, () => {
    const { userId, username } = identityOf(plan, random.number.int(plan.count - 1));
    // A fraction, so that the same draw serves a session of any length.
    return {
      atSeconds: Math.floor(random.number.float() * seconds),
      userId,
      username,
      content: chatContent(random),
    };
  });
}

const MINUTE_MS = 60_000;
const MOST_MINUTES = 12;

/**
 * Per-minute rollups of the stream's viewers: of every minute of a short stream, and of some of a long one,
 * spread over all of it, the first and the last among them.
 */
export function metricsOf(
  streamId: string,
  stated: SeedStream | undefined,
  session: Session,
  random: Random,
): MinuteMetric[] {
  const peak = stated?.peakViewers ?? Math.ceil(400 ** random.number.float());
  const firstMs = Math.floor(Date.parse(session.startedAt) / MINUTE_MS) * MINUTE_MS;
  const minutes = Math.max(1, Math.floor(lengthMs(session) / MINUTE_MS));
  const shown = Math.min(MOST_MINUTES, minutes);
  return Array.from({ length: shown }, (_, nth) => {
    const progress = shown === 1 ? 1 : nth / (shown - 1);
    const minute = new Date(firstMs + Math.round(progress * (minutes - 1)) * MINUTE_MS).toISOString();
    // An audience gathers until the middle and thins out towards the end.
    const viewers = Math.round(peak * (0.3 + 0.7 * Math.sin(Math.PI * progress)));
    return rollup(streamId, minute, viewers, random);
  });
}

/** What `viewers` people's players report in one minute: a sample every 30 seconds each. */
function rollup(streamId: string, minute: Timestamp, viewers: number, random: Random): MinuteMetric {
  const samples = viewers * 2;
  return {
    streamId,
    id: `minute#${minute}#0`,
    minute,
    shard: 0,
    viewers,
    samples,
    latencyMsSum: samples * random.number.int({ min: 2_200, max: 4_800 }),
    bufferMsSum: samples * random.number.int({ min: 900, max: 2_400 }),
    bitrateSum: samples * random.number.int({ min: 2_500_000, max: 6_000_000 }),
    qualities: shares(samples, { '1080p60': 0.55, '720p60': 0.3, '480p30': 0.15 }),
    browsers: shares(samples, { Chrome: 0.6, Safari: 0.25, Firefox: 0.15 }),
    operatingSystems: shares(samples, { Windows: 0.45, iOS: 0.25, Android: 0.2, macOS: 0.1 }),
    createdAt: minute,
    updatedAt: minute,
  };
}

/** `total` in parts of about these sizes, which add up to it. Parts of nothing are left out. */
function shares(total: number, sizes: Readonly<Record<string, number>>): Record<string, number> {
  let done = 0;
  let reached = 0;
  const parts = Object.entries(sizes).map(([name, size]) => {
    reached += size;
    const part = Math.round(total * reached) - done;
    done += part;
    return [name, part] as const;
  });
  return Object.fromEntries(parts.filter(([, part]) => part > 0));
}

function lengthMs({ startedAt, shownUntil }: Session): number {
  return Date.parse(shownUntil) - Date.parse(startedAt);
}
