import { type BanDependencies, ban, listBans as readBans, unban } from '../../../domain/chat/bans.ts';
import type { CursorCodec } from '../../../domain/cursors.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import type { Ban } from '../../../model/ban.ts';
import { callerOf } from '../http/auth.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { BanBody, deleteBanOperation, listBansOperation, putBanOperation } from './answers.ts';

const DISCONNECT_BUDGET_MS = 5_000;

export function listBans(
  dependencies: Pick<BanDependencies, 'database' | 'clock'> & { readonly cursors: CursorCodec },
): HandlerOf<typeof listBansOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    const bans = await readBans(dependencies, callerOf(c), username, c.req.valid('query'));
    return c.json(shapeList(bans, shape), 200);
  };
}

export function putBan(dependencies: BanDependencies): HandlerOf<typeof putBanOperation> {
  return async c => {
    const budget = budgetOf(DISCONNECT_BUDGET_MS);
    const banned = await ban(dependencies, callerOf(c), c.req.valid('param'), c.req.valid('json'), budget);
    return c.json(shape(banned), 200);
  };
}

export function deleteBan(
  dependencies: Pick<BanDependencies, 'database' | 'clock' | 'newId'>,
): HandlerOf<typeof deleteBanOperation> {
  return async c => {
    await unban(dependencies, callerOf(c), c.req.valid('param'));
    return c.body(null, 204);
  };
}

function shape({ userId, username, bannedAt, until, reason }: Ban): BanBody {
  return { userId, username, bannedAt, until: until ?? null, reason: reason ?? null };
}
