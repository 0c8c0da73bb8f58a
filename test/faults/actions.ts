import { type OperationId, type RouteSpec, routes } from '../../model/routes.ts';
import { operationCases } from '../api/operations.ts';
import type { Person, Sent } from './people.ts';

/** What one person owns and may change, as the tables have it. */
export interface Owned {
  readonly title: string;
  readonly streamTitle: string;
  readonly blockedTerms: readonly string[];
  /** Ids of users, in order. */
  readonly banned: readonly string[];
  readonly invited: readonly string[];
  /** Ids of channels, in order. */
  readonly following: readonly string[];
}

/** What a person does to what is theirs, or tries to do to what is not. */
export type Action =
  | { readonly kind: OwnAction; readonly actor: number; readonly target: number; readonly n: number }
  | {
      readonly kind: 'trespass';
      readonly actor: number;
      readonly target: number;
      readonly operation: OperationId;
      readonly as: 'another user' | 'nobody' | 'a forger';
    };

export const ownActions = [
  'titleChannel',
  'titleStream',
  'blockTerms',
  'ban',
  'unban',
  'invite',
  'withdraw',
  'follow',
  'unfollow',
  'replaceKey',
] as const;
export type OwnAction = (typeof ownActions)[number];

/** The operations that another user is refused, and those that are refused without a good token. */
const operations = Object.keys(operationCases) as OperationId[];
// A step-up with somebody else's password is a guess: a few of them lock the account, for longer than tokens hold.
export const forbidden = operations.filter(id => operationCases[id].expected[1] === 403 && id !== 'stepUp');
export const signedIn = operations.filter(id => operationCases[id].expected[0] === 401);

/** How an action is asked for, the status when it is done, and what the actor's own is then. */
export interface Plan {
  readonly sent: Omit<Sent, 'idempotencyKey'>;
  readonly done: number;
  readonly after: (owned: Owned) => Owned;
}

export function planOf(action: Action, people: readonly Person[]): Plan {
  const [actor, target] = [people[action.actor], people[action.target]];
  if (actor === undefined || target === undefined) throw new Error('an action is of people who are there');
  if (action.kind === 'trespass') return trespass(action, actor, target);
  const token = actor.accessToken;
  const own = `/v1/channels/${actor.username}`;
  const titled = (owned: Owned) => ({ ...owned, title: text, streamTitle: text });
  const text = `text ${action.n}`;
  const ask = (method: string, path: string, body?: object) => ({ method, path, token, body });
  const ban = `${own}/chat/bans/${target.username}`;
  const guest = `/v1/stages/me/invitations/${target.username}`;
  const follow = `/v1/channels/${target.username}/follow`;
  switch (action.kind) {
    case 'titleChannel':
      return {
        sent: ask('PATCH', '/v1/channels/me', { title: text }),
        done: 200,
        // Of the stream that is open, too.
        after: titled,
      };
    case 'titleStream':
      return {
        sent: ask('PATCH', `${own}/streams/${actor.streamId}`, { title: text }),
        done: 200,
        // Of the channel too, while the stream is open.
        after: titled,
      };
    case 'blockTerms':
      return {
        sent: ask('PUT', `${own}/chat/blocked-terms`, { terms: [text] }),
        done: 200,
        after: owned => ({ ...owned, blockedTerms: [text] }),
      };
    case 'ban':
      return {
        sent: ask('PUT', ban, { reason: text }),
        done: 200,
        after: owned => ({ ...owned, banned: withOne(owned.banned, target.userId) }),
      };
    case 'unban':
      return {
        sent: ask('DELETE', ban),
        done: 204,
        after: owned => ({ ...owned, banned: without(owned.banned, target.userId) }),
      };
    case 'invite':
      return {
        sent: ask('PUT', guest),
        done: 200,
        after: owned => ({ ...owned, invited: withOne(owned.invited, target.userId) }),
      };
    case 'withdraw':
      return {
        sent: ask('DELETE', guest),
        done: 204,
        after: owned => ({ ...owned, invited: without(owned.invited, target.userId) }),
      };
    case 'follow':
      return {
        sent: ask('PUT', follow),
        done: 204,
        after: owned => ({ ...owned, following: withOne(owned.following, target.channelId) }),
      };
    case 'unfollow':
      return {
        sent: ask('DELETE', follow),
        done: 204,
        after: owned => ({ ...owned, following: without(owned.following, target.channelId) }),
      };
    case 'replaceKey':
      return { sent: ask('POST', '/v1/channels/me/stream-key'), done: 201, after: owned => owned };
  }
}

function trespass(action: Action & { kind: 'trespass' }, actor: Person, target: Person): Plan {
  const { method }: RouteSpec = routes[action.operation];
  const scene = { owner: target, other: actor, streamId: target.streamId };
  const sent = { method: method.toUpperCase(), ...operationCases[action.operation].request(scene) };
  const token = {
    'another user': actor.accessToken,
    nobody: undefined,
    'a forger': forged(actor.accessToken, target.accessToken),
  }[action.as];
  const done = action.as === 'another user' ? 403 : 401;
  return { sent: { ...sent, token }, done, after: owned => owned };
}

/** The token of one with the claims of another: signed by nobody. */
function forged(mine: string, theirs: string): string {
  const [header, , signature] = mine.split('.');
  return [header, theirs.split('.')[1], signature].join('.');
}

const withOne = (ids: readonly string[], id: string) => [...new Set([...ids, id])].sort();
export const without = (ids: readonly string[], id: string) => ids.filter(one => one !== id);
