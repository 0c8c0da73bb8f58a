import { type User, userRow } from '../model/user.ts';
import * as z from '../model/zod.ts';
import { batchGet } from './batchGet.ts';
import type { Database } from './database.ts';

const members = {
  id: true,
  channelId: true,
  chatRoomId: true,
  stageId: true,
  madeChannel: true,
  madeRoom: true,
  madeStage: true,
} as const;
const ownerRow = z.pick(userRow, members);

/** The resources in a user's row. */
export type OwnerRow = Pick<User, keyof typeof members>;

/** Reads users by their ids, consistently. Missing users are left out. One request for up to 100 ids. */
export async function readOwners(
  database: Database<'users'>,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, OwnerRow>> {
  const table = database.names.users;
  const keys = [...new Set(ids)].map(id => ({ table, key: { id } }));
  if (keys.length === 0) return new Map();
  const rows = await batchGet(database, keys, { attributes: Object.keys(members) });
  return new Map((rows.get(table) ?? []).map(row => ownerRow.parse(row)).map(owner => [owner.id, owner]));
}
