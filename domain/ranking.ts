import { createHash } from 'node:crypto';
import { currentViewers, type NamedChannel, type RankedChannel } from '../model/channel.ts';
import { type CurrentRanking, FIRST_CHANNELS, rankedList } from '../model/ranking.ts';
import { type Clock, toTimestamp } from '../model/time.ts';
import { allLive, getListed } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { inParallel } from '../store/inParallel.ts';
import type { Page, PageRequest } from '../store/pages.ts';
import { currentRankings, getCurrentRanking, putRanking, rankedChannelIds } from '../store/rankings.ts';
import { InvalidCursorError } from './errors.ts';

/** A walk through the directory may take this long. The parts of a ranking are kept this much longer than it is used. */
const WALK_MS = 3 * 60 * 60_000;
/** After this time a ranking is written again although the order is the same, because its parts will expire. */
const REWRITTEN_MS = 3 * 60 * 60_000;
/** How many lists are written at the same time. */
const AT_ONCE = 4;

export interface RankingDependencies {
  readonly database: Database<'channels' | 'rankings'>;
  readonly clock: Clock;
  /** Returns an id that no other ranking has. */
  readonly newId: () => string;
}

/** The result of a run. */
export interface RankingReport {
  /** The number of live channels. */
  readonly live: number;
  /** The number of lists: one of all live channels and one for each category that has had live channels. */
  readonly lists: number;
  /** The number of lists that got another order. */
  readonly changed: number;
}

/**
 * Returns the ids of live channels by list: all of them, and those of each category. Most viewers first; of channels
 * with the same number, the newest first. A channel that the index returned twice, because it started again meanwhile,
 * is in each list once.
 */
export function rankingsOf(channels: readonly RankedChannel[], now: Date): Map<string, string[]> {
  const unique = [...new Map(channels.map(channel => [channel.id, channel])).values()];
  const ranked = unique.map(channel => ({ channel, viewers: currentViewers(channel, now) }));
  ranked.sort(
    (a, b) =>
      b.viewers - a.viewers ||
      compare(b.channel.liveStartedAt, a.channel.liveStartedAt) ||
      compare(a.channel.id, b.channel.id),
  );
  const lists = new Map<string, string[]>([[rankedList(undefined), []]]);
  for (const { channel } of ranked) {
    const { id, liveCategoryId } = channel;
    lists.get(rankedList(undefined))?.push(id);
    if (liveCategoryId === undefined) continue;
    const list = rankedList(liveCategoryId);
    const ids = lists.get(list);
    if (ids === undefined) lists.set(list, [id]);
    else ids.push(id);
  }
  return lists;
}

const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

/**
 * Ranks the live channels by viewers, and writes each list whose order has changed. A run reads the whole index of live
 * channels, so it repairs whatever an earlier run left undone.
 */
export async function rankChannels({ database, clock, newId }: RankingDependencies): Promise<RankingReport> {
  // The rankings are read first: a list that another run has replaced since is newer than this one.
  const before = await currentRankings(database);
  const channels = await allLive(database);
  const now = clock();
  const rankings = rankingsOf(channels, now);
  for (const list of before.keys()) if (!rankings.has(list)) rankings.set(list, []);
  let changed = 0;
  await inParallel(rankings, AT_ONCE, undefined, async ([list, channelIds]) => {
    const old = before.get(list);
    const digest = createHash('sha256').update(channelIds.join(' ')).digest('base64url');
    if (isUpToDate(old, digest, now)) return;
    const rankedAt = toTimestamp(now);
    const current: CurrentRanking = {
      part: 'current',
      id: list,
      ranking: newId(),
      rankedAt,
      count: channelIds.length,
      first: channelIds.slice(0, FIRST_CHANNELS),
      digest,
      createdAt: old?.createdAt ?? rankedAt,
      updatedAt: rankedAt,
    };
    const expiresAt = Math.ceil((now.getTime() + REWRITTEN_MS + WALK_MS) / 1_000);
    if (await putRanking(database, { current, channelIds, expiresAt }, old)) changed += 1;
  });
  return { live: channels.length, lists: rankings.size, changed };
}

function isUpToDate(old: CurrentRanking | undefined, digest: string, now: Date): boolean {
  if (old === undefined || old.digest !== digest) return false;
  return old.count === 0 || now.getTime() - Date.parse(old.rankedAt) < REWRITTEN_MS;
}

/**
 * Lists live channels of one category or of all, most viewers first. The order is that of the ranking that was the
 * current one when the walk began, so ranks that move meanwhile do not matter: no channel is listed twice, and none that
 * stays live is left out. The channels are shown as they are now. Those that are not live any more are left out, so a page
 * can be short.
 *
 * Two database requests one after the other, however many channels are live. If nothing of a page is live any more, it
 * takes two more for the next one.
 *
 * @throws InvalidCursorError when the ranking of the cursor has expired
 */
export async function listByViewers(
  database: Database<'channels' | 'rankings'>,
  categoryId: string | undefined,
  { limit, after }: PageRequest,
): Promise<Page<NamedChannel>> {
  const place = after === undefined ? undefined : placeOf(after);
  const page = await rankedPage(database, categoryId, limit, place);
  if (page.items.length > 0 || page.next === undefined) return page;
  return rankedPage(database, categoryId, limit, placeOf(page.next));
}

/** A place in a ranking of `count` channels. */
type Place = Readonly<Record<'ranking', string> & Record<'offset' | 'count', number>>;

const placeOf = ({ ranking, offset, count }: NonNullable<PageRequest['after']>): Place => ({
  ranking: String(ranking),
  offset: Number(offset),
  count: Number(count),
});

async function rankedPage(
  database: Database<'channels' | 'rankings'>,
  categoryId: string | undefined,
  limit: number,
  place: Place | undefined,
): Promise<Page<NamedChannel>> {
  const part =
    place === undefined
      ? await firstOf(database, categoryId, limit)
      : await restOf(database, categoryId, limit, place);
  if (part === undefined) return { items: [] };
  const { ranking, offset, count, ids } = part;
  const channels = await getListed(database, ids);
  const items = channels.filter(
    ({ isLive, liveCategoryId }) => isLive && (categoryId === undefined || liveCategoryId === categoryId),
  );
  const end = offset + ids.length;
  return end < count ? { items, next: { ranking, offset: end, count } } : { items };
}

async function restOf(
  database: Database<'rankings'>,
  categoryId: string | undefined,
  limit: number,
  place: Place,
) {
  const size = Math.min(limit, place.count - place.offset);
  const ids = await rankedChannelIds(database, { categoryId, ...place }, size);
  if (ids === undefined)
    throw new InvalidCursorError('cursor-expired', 'the ranking of the cursor has expired');
  return { ...place, ids };
}

async function firstOf(database: Database<'rankings'>, categoryId: string | undefined, limit: number) {
  const current = await getCurrentRanking(database, categoryId);
  if (current === undefined) return undefined;
  const { ranking, count, first } = current;
  return { ranking, count, offset: 0, ids: first.slice(0, limit) };
}
