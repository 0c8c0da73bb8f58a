import type { ChannelOrder, ChannelPageRow, LiveChannel, NamedChannel } from '../model/channel.ts';
import { searchKeyOf } from '../model/searchKey.ts';
import type { LiveStage } from '../model/stage.ts';
import {
  type DisplayNamePlace,
  displayNameKey,
  getNamedChannels,
  getPages,
  listByDisplayName,
  listByName,
  listLive,
} from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import type { Key, Page, PageRequest } from '../store/pages.ts';
import { listLiveStages } from '../store/stages.ts';
import type { CursorCodec, CursorScope } from './cursors.ts';
import { type List, type ListRequest, readList } from './lists.ts';
import { listByViewers } from './ranking.ts';

/** A channel in a list, live or not. */
export type ListedChannel = LiveChannel | NamedChannel;

export interface DirectoryRequest extends ListRequest {
  /** Only live channels, or only those that are not live. Without it: first all live channels, then the others. */
  readonly isLive?: boolean | undefined;
  /** Only live channels of this category. Only with `isLive: true`. */
  readonly categoryId?: string | undefined;
  /** The order of the live channels. */
  readonly sort: ChannelOrder;
}

/**
 * Lists channels: live ones newest first or by viewers, the others by name. Four database requests at the same time per
 * page of the newest live channels, two per page by viewers. A page of the others takes one request, and one more for
 * each partition of names that ends in it.
 *
 * Among the newest, a channel that goes live or ends its stream during the walk can be left out or listed twice. By
 * viewers, no channel is listed twice: see `listByViewers`. In a list of all channels, one that ends its stream can then
 * be among the others too.
 *
 * @throws InvalidCursorError when the cursor does not belong to this list, or its ranking has expired
 */
export function listDirectory(
  database: Database<'channels' | 'rankings'>,
  cursors: CursorCodec,
  { isLive, categoryId, sort, ...request }: DirectoryRequest,
): Promise<List<ListedChannel>> {
  const filters = ['listChannels', String(isLive ?? null), categoryId ?? null] as const;
  const scope: CursorScope = sort === 'newest' ? filters : [...filters, sort];
  const listOrdered = sort === 'newest' ? listLive : listByViewers;
  return readList<ListedChannel>(cursors, scope, request, page =>
    isLive === true
      ? listOrdered(database, categoryId, page)
      : isLive === false
        ? listOthers(database, page)
        : listLiveFirst(database, listOrdered, page),
  );
}

/**
 * Finds channels whose username or display name begins with `prefix`, regardless of case, accents and width: first
 * those by username, then the others by display name. A channel with both is among the first only.
 *
 * One database request for a page by username. A page with channels by display name takes one to three more, which look
 * at up to 300 names, and one for their channels. It may have fewer items than the limit, or none, before the end of
 * the list, because names of channels that are among the first are passed over. A channel whose owner is renamed
 * between two pages can be left out or found twice.
 *
 * @throws InvalidCursorError when the cursor does not belong to this search
 */
export function searchChannels(
  database: Database<'channels'>,
  cursors: CursorCodec,
  prefix: string,
  request: ListRequest,
): Promise<List<NamedChannel>> {
  const key = searchKeyOf(prefix);
  return readList(cursors, ['searchChannels', key], request, page => findChannels(database, key, page));
}

// The place before the first display name.
const FIRST_DISPLAY_NAME: Key = { displayNameInitial: '' };

/** Lists the channels that are found by username, and after the last of them the others, in the same page. */
async function findChannels(
  database: Database<'channels'>,
  key: string,
  { limit, after }: PageRequest,
): Promise<Page<NamedChannel>> {
  // Every name begins with an empty text.
  if (key === '') return { items: [] };
  if (after !== undefined && 'displayNameInitial' in after)
    return findByDisplayName(database, key, {
      limit,
      after: after['displayNameInitial'] === '' ? undefined : after,
    });
  const byName = await listByName(database, key, { limit, after });
  if (byName.next !== undefined) return byName;
  const missing = limit - byName.items.length;
  if (missing === 0) return { items: byName.items, next: FIRST_DISPLAY_NAME };
  const others = await findByDisplayName(database, key, { limit: missing });
  return { ...others, items: [...byName.items, ...others.items] };
}

const ROUND_NAMES = 100;
const MAX_ROUNDS = 3;

/** Lists the channels whose display name begins with `key`, without those whose username does. */
async function findByDisplayName(
  database: Database<'channels'>,
  key: string,
  { limit, after }: PageRequest,
): Promise<Page<NamedChannel>> {
  const found: DisplayNamePlace[] = [];
  let next = after;
  for (let round = 0; round < MAX_ROUNDS && found.length < limit; round++) {
    const page: Page<DisplayNamePlace> = await listByDisplayName(database, key, {
      limit: ROUND_NAMES,
      after: next,
    });
    found.push(...page.items.filter(({ usernameKey }) => !usernameKey.startsWith(key)));
    next = page.next;
    if (next === undefined) break;
  }
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  if (last !== undefined && found.length > limit) next = displayNameKey(last);
  const items =
    shown.length === 0
      ? []
      : await getNamedChannels(
          database,
          shown.map(({ id }) => id),
        );
  return next === undefined ? { items } : { items, next };
}

/** Lists the live channels, and after the last of them the others, in the same page. */
async function listLiveFirst(
  database: Database<'channels' | 'rankings'>,
  listOrdered: typeof listByViewers | typeof listLive,
  { limit, after }: PageRequest,
): Promise<Page<ListedChannel>> {
  if (isAmongOthers(after)) return listOthers(database, { limit, after });
  const live = await listOrdered(database, undefined, { limit, after });
  if (live.next !== undefined) return live;
  const missing = limit - live.items.length;
  if (missing === 0) return { items: live.items, next: FIRST_OTHER };
  const others = await listOthers(database, { limit: missing });
  return { ...others, items: [...live.items, ...others.items] };
}

// The place before the first name.
const FIRST_OTHER: Key = { nameRange: '' };
const isAmongOthers = (after: Key | undefined): after is Key => after !== undefined && 'nameRange' in after;

/** Lists the channels that are not live, by name. Reads on until the page is full. */
async function listOthers(
  database: Database<'channels'>,
  { limit, after }: PageRequest,
): Promise<Page<NamedChannel>> {
  const items: NamedChannel[] = [];
  let next = after?.['nameRange'] === '' ? undefined : after;
  do {
    const page: Page<NamedChannel> = await listByName(database, '', {
      limit: limit - items.length,
      after: next,
    });
    items.push(...page.items.filter(({ isLive }) => !isLive));
    next = page.next;
  } while (next !== undefined && items.length < limit);
  return next === undefined ? { items } : { items, next };
}

/** A live stage and the current state of its host's channel. */
export interface HostedStage {
  readonly stage: LiveStage;
  readonly channel: ChannelPageRow;
}

/**
 * Lists live stages, newest first. Five database requests per page: four at the same time, then one for the
 * channels of the hosts, so a rename or a new title shows at once. A stage without a channel is left out: its user
 * is being deleted, or its row is from before schema version 5.
 *
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function listStages(
  database: Database<'channels' | 'stages'>,
  cursors: CursorCodec,
  request: ListRequest,
): Promise<List<HostedStage>> {
  const { items, nextCursor } = await readList(cursors, ['listStages'], request, page =>
    listLiveStages(database, page),
  );
  const channels = await getPages(
    database,
    items.flatMap(({ channelId }) => channelId ?? []),
  );
  const hosted = items.flatMap(stage => {
    const channel = stage.channelId === undefined ? undefined : channels.get(stage.channelId);
    return channel === undefined ? [] : [{ stage, channel }];
  });
  return { items: hosted, nextCursor };
}
