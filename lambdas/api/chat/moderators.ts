import {
  appointModerator as appoint,
  dismissModerator as dismiss,
  type ListedAct,
  type ListedModerator,
  type ModeratedChannelItem,
  type ModeratorDependencies,
  listModerated as readModerated,
  listModerationLog as readModerationLog,
  listModerators as readModerators,
} from '../../../domain/chat/moderators.ts';
import type { Person } from '../../../domain/chat/people.ts';
import type { CursorCodec } from '../../../domain/cursors.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import { currentViewers } from '../../../model/channel.ts';
import { callerOf } from '../http/auth.ts';
import { shapeCard } from '../http/card.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type {
  ActBody,
  appointModeratorOperation,
  dismissModeratorOperation,
  listModeratedOperation,
  listModerationLogOperation,
  listModeratorsOperation,
  ModeratedChannelBody,
  ModeratorBody,
} from './answers.ts';

const DISCONNECT_BUDGET_MS = 5_000;

interface ListDependencies extends Pick<ModeratorDependencies, 'database'> {
  readonly cursors: CursorCodec;
  readonly recordingsUrl: string;
}

export function listModerators({
  database,
  cursors,
  recordingsUrl,
}: ListDependencies): HandlerOf<typeof listModeratorsOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    const page = await readModerators(database, cursors, callerOf(c), username, c.req.valid('query'));
    return c.json(
      shapeList(page, moderator => shapeModerator(moderator, recordingsUrl)),
      200,
    );
  };
}

export function appointModerator({
  recordingsUrl,
  ...dependencies
}: ModeratorDependencies & Pick<ListDependencies, 'recordingsUrl'>): HandlerOf<
  typeof appointModeratorOperation
> {
  return async c => {
    const appointed = await appoint(dependencies, callerOf(c), c.req.valid('param'));
    return c.json(shapeModerator(appointed, recordingsUrl), 200);
  };
}

export function dismissModerator(
  dependencies: ModeratorDependencies,
): HandlerOf<typeof dismissModeratorOperation> {
  return async c => {
    await dismiss(dependencies, callerOf(c), c.req.valid('param'), budgetOf(DISCONNECT_BUDGET_MS));
    return c.body(null, 204);
  };
}

export function listModerationLog({
  database,
  cursors,
  recordingsUrl,
}: ListDependencies): HandlerOf<typeof listModerationLogOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    const page = await readModerationLog(database, cursors, callerOf(c), username, c.req.valid('query'));
    return c.json(
      shapeList(page, act => shapeAct(act, recordingsUrl)),
      200,
    );
  };
}

export function listModerated({
  database,
  cursors,
  recordingsUrl,
  clock,
}: ListDependencies & Pick<ModeratorDependencies, 'clock'>): HandlerOf<typeof listModeratedOperation> {
  return async c => {
    const page = await readModerated(database, cursors, callerOf(c), c.req.valid('query'));
    return c.json(
      shapeList(page, item => shapeChannel(item, clock(), recordingsUrl)),
      200,
    );
  };
}

const shapePerson = ({ userId, user }: Person, recordingsUrl: string) => ({
  userId,
  username: user?.username ?? null,
  ...shapeCard(user ?? {}, recordingsUrl),
});

function shapeModerator({ person, appointedAt }: ListedModerator, recordingsUrl: string): ModeratorBody {
  return { person: shapePerson(person, recordingsUrl), appointedAt };
}

function shapeAct({ entry, by, user }: ListedAct, recordingsUrl: string): ActBody {
  const { id, at, action, messageId, reason, until } = entry;
  return {
    id,
    at,
    action,
    by: shapePerson(by, recordingsUrl),
    user: user === undefined ? null : shapePerson(user, recordingsUrl),
    messageId: messageId ?? null,
    reason: reason ?? null,
    until: until ?? null,
  };
}

function shapeChannel(
  { channel, appointedAt }: ModeratedChannelItem,
  now: Date,
  recordingsUrl: string,
): ModeratedChannelBody {
  const { id, username, title, isLive } = channel;
  return {
    appointedAt,
    channel: {
      id,
      username,
      ...shapeCard(channel, recordingsUrl),
      title,
      isLive,
      viewers: isLive ? currentViewers(channel, now) : null,
    },
  };
}
