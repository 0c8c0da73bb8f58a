import { accountMadeAt, accountRows, channelRowOf } from './account.ts';
import { categoriesOf, categoryId } from './catalogue.ts';
import { chatOf } from './chat.ts';
import { followsOf } from './followers.ts';
import { pastStreamRows, restOfStream } from './history.ts';
import { identityOf } from './identity.ts';
import { auditOf, bansOf, blockedTermsOf, moderatorsOf } from './moderation.ts';
import { shownProfileOf } from './profile.ts';
import { randomOf } from './random.ts';
import { isLiveIn } from './seedFile.ts';
import type { SeedPlan } from './seedPlan.ts';
import type { SeedRow } from './seedRow.ts';
import { sessionOf } from './session.ts';
import { stageStateOf } from './stage.ts';
import { streamRowOf } from './streamState.ts';
import { timelineOf } from './timeline.ts';
import { viewerMinutesOf } from './viewers.ts';
import { genres } from './words.ts';

/**
 * Yields every row of a set of mock data: first the categories, then the rows of each channel. The set has
 * exactly `plan.count` channels with one stream each. Only one channel is in memory at a time.
 *
 * The same plan yields the same rows. Another `now` or Region changes attributes of rows, but not which
 * exist.
 */
export function* planRows(plan: SeedPlan): Generator<SeedRow> {
  if (plan.count === 0) return;
  for (const row of categoriesOf(plan)) yield { table: 'categories', row };
  for (let index = 0; index < plan.count; index++) yield* channelRows(plan, index);
}

/** Yields the rows that `pastStreams` adds to those of `planRows`. Their keys differ, except for minutes of chat. */
export function* historyRows(plan: SeedPlan): Generator<SeedRow> {
  if (plan.pastStreams === 0) return;
  for (let index = 0; index < plan.count; index++) {
    const rows = channelRows(plan, index);
    const who = identityOf(plan, index);
    const stated = plan.channels[index]?.stream;
    const session = sessionOf(stated, isLiveAt(plan, index), plan.now, randomOf(plan.set, index));
    yield* restOfStream(plan, who, session, { rows, hasOwnChat: stated?.chat !== undefined, index });
    for (const { table, row } of rows) {
      if (table === 'channels')
        yield* pastStreamRows(plan, { who, channel: row, before: session.startedAt, index });
    }
  }
}

function isLiveAt({ channels, offline }: SeedPlan, index: number): boolean {
  const stated = channels[index];
  return stated === undefined ? index >= channels.length + offline : isLiveIn(stated);
}

function channelRows(plan: SeedPlan, index: number): SeedRow[] {
  const { now, region, set } = plan;
  const random = randomOf(set, index);
  const who = identityOf(plan, index);
  const stated = plan.channels[index];
  const session = sessionOf(stated?.stream, isLiveAt(plan, index), now, random);
  const genre = random.helpers.arrayElement(genres);
  const category = categoryId(set, stated?.category ?? genre.name);
  const title = genre.title(random);
  const isPartner = random.datatype.boolean(0.1);
  const createdAt = accountMadeAt(session, random);
  const follows = followsOf(plan, index, random);
  const events = timelineOf(who, session);
  const chat = chatOf(plan, who, stated?.stream, session, random);
  const viewerMinutes = viewerMinutesOf(who.streamId, stated?.stream, session, random);
  const bans = bansOf(plan, index, random);
  const blockedTerms = blockedTermsOf(random);
  const onStage = stageStateOf(plan, index, who, session, random);
  const shown = shownProfileOf(random);
  const moderators = moderatorsOf(plan, index, bans, random);
  const audit = auditOf(who, moderators, bans, random);
  const profile = {
    title: stated?.title ?? title,
    categoryId: category,
    isPartner: stated?.isPartner ?? isPartner,
    followerCount: follows.length,
    moderatorCount: moderators.length,
    isStageLive: onStage.participants.length > 0 || undefined,
    ...shown,
  };
  const channel = channelRowOf(who, plan, profile, session, createdAt, viewerMinutes.at(-1));
  const shownOn = {
    title: stated?.stream?.title ?? profile.title,
    categoryId: stated?.stream?.category === undefined ? category : categoryId(set, stated.stream.category),
  };
  const account = accountRows(who, region, createdAt, blockedTerms, onStage, shown);
  const { user, username, chatRoom, stage } = account;
  return [
    { table: 'users', row: user },
    { table: 'usernames', row: username },
    { table: 'channels', row: channel },
    { table: 'chatRooms', row: chatRoom },
    { table: 'stages', row: stage },
    {
      table: 'streams',
      row: streamRowOf(who, { ...channel, ...shownOn }, session, viewerMinutes, events),
    },
    ...events.map(row => ({ table: 'streamEvents', row }) as const),
    ...follows.map(row => ({ table: 'follows', row }) as const),
    ...[...chat.messages, ...chat.deletions, ...chat.minutes].map(
      row => ({ table: 'chatMessages', row }) as const,
    ),
    ...viewerMinutes.map(row => ({ table: 'metrics', row }) as const),
    ...bans.map(row => ({ table: 'bans', row }) as const),
    ...moderators.map(row => ({ table: 'moderators', row }) as const),
    ...audit.map(row => ({ table: 'audit', row }) as const),
    ...onStage.participants.map(row => ({ table: 'stageParticipants', row }) as const),
    ...onStage.tokens.map(row => ({ table: 'stageTokens', row }) as const),
  ];
}
