import { addMs, startOfMinute, type Timestamp } from '../model/time.ts';
import { categoryId } from './catalogue.ts';
import { moreChatOf } from './chat.ts';
import type { Identity } from './identity.ts';
import { type Random, randomOf } from './random.ts';
import type { SeedStream } from './seedFile.ts';
import type { SeedPlan } from './seedPlan.ts';
import type { SeedRow } from './seedRow.ts';
import { type Session, sessionOf } from './session.ts';
import { type StreamSubject, streamRowOf } from './streamState.ts';
import { timelineOf } from './timeline.ts';
import { everyMinuteOf, viewerMinutesOf } from './viewers.ts';
import { genres } from './words.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The time from the start of one stream to the start of the next. Longer than a past stream. */
const GAP_HOURS = { min: 20, max: 70 };
const LENGTH_MINUTES = { min: 35, max: 140 };

/** A channel to which streams are added. */
export interface HistoryOf {
  readonly who: Identity;
  readonly channel: StreamSubject;
  /** The start of the stream that follows the past ones. */
  readonly before: Timestamp;
  /** Distinguishes the random numbers of this channel. */
  readonly index: number;
}

/** Yields the rows of the past streams of a channel, newest first, with chat and viewers in every minute. */
export function* pastStreamRows(
  plan: SeedPlan,
  { who, channel, before, index }: HistoryOf,
): Generator<SeedRow> {
  let next = before;
  for (let nth = 1; nth <= plan.pastStreams; nth++) {
    const random = randomOf(plan.set, index, nth);
    const startedAt = startOfMinute(addMs(next, -random.number.int(GAP_HOURS) * HOUR_MS));
    const endedAt = addMs(startedAt, random.number.int(LENGTH_MINUTES) * MINUTE_MS);
    yield* pastStream(
      plan,
      { ...who, streamId: `${who.streamId}-${nth}` },
      channel,
      { startedAt, endedAt },
      random,
    );
    next = startedAt;
  }
}

function pastStream(
  plan: SeedPlan,
  who: Identity,
  channel: StreamSubject,
  stated: SeedStream,
  random: Random,
): SeedRow[] {
  const session = sessionOf(stated, false, plan.now, random);
  const genre = genres.find(({ name }) => categoryId(plan.set, name) === channel.categoryId);
  const title = genre?.title(random) ?? channel.title;
  const some = viewerMinutesOf(who.streamId, undefined, session, random);
  const minutes = [...some, ...everyMinuteOf(some, random)];
  const events = timelineOf(who, session);
  return [
    { table: 'streams', row: streamRowOf(who, { ...channel, title }, session, minutes, events) },
    ...events.map(row => ({ table: 'streamEvents', row }) as const),
    ...minutes.map(row => ({ table: 'metrics', row }) as const),
    ...chatRows(plan, who, session, [], peakOf(minutes), random),
  ];
}

/** Returns what is missing of a stream that `planRows` made: viewers in its other minutes, and more chat. */
export function restOfStream(
  plan: SeedPlan,
  who: Identity,
  session: Session,
  {
    rows,
    hasOwnChat,
    index,
  }: { readonly rows: readonly SeedRow[]; readonly hasOwnChat: boolean; readonly index: number },
): SeedRow[] {
  const random = randomOf(plan.set, index, 0);
  const some = rows.flatMap(({ table, row }) => (table === 'metrics' ? [row] : []));
  const messages = rows.flatMap(({ table, row }) =>
    table === 'chatMessages' && 'sender' in row ? [row] : [],
  );
  return [
    ...everyMinuteOf(some, random).map(row => ({ table: 'metrics', row }) as const),
    // The file says what was written in the chat.
    ...(hasOwnChat ? [] : chatRows(plan, who, session, messages, peakOf(some), random)),
  ];
}

function chatRows(
  plan: SeedPlan,
  who: Identity,
  session: Session,
  known: Parameters<typeof moreChatOf>[3],
  peak: number,
  random: Random,
): SeedRow[] {
  const { messages, deletions, minutes } = moreChatOf(plan, who, session, known, peak, random);
  return [...messages, ...deletions, ...minutes].map(row => ({ table: 'chatMessages', row }) as const);
}

const peakOf = (minutes: readonly { readonly viewers: number }[]) =>
  Math.max(0, ...minutes.map(({ viewers }) => viewers));
