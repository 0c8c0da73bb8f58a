import { type OperationId, type RouteSpec, routes } from '../../model/routes.ts';
import { operationCases } from '../api/operations.ts';
import type { Person, Sent } from './people.ts';

/** The values that one person owns and can change, as in the tables. */
export interface Owned {
  readonly title: string;
  readonly streamTitle: string;
  readonly blockedTerms: readonly string[];
  /** Ids of users, sorted. */
  readonly banned: readonly string[];
  readonly invited: readonly string[];
  /** Ids of channels, sorted. */
  readonly following: readonly string[];
}

/** A change of a person's own values, or an attempt to change another person's. */
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

/** The operations that refuse another user, and those that refuse a request without a valid token. */
const operations = Object.keys(operationCases) as OperationId[];
// stepUp with another user's password counts as a guess. A few guesses lock the account for longer than
// tokens are valid. Routes about mail refuse wrong codes only where the stack sends mail, which this one does not.
export const forbidden = operations.filter(
  id => operationCases[id].expected[1] === 403 && id !== 'stepUp' && routes[id].resource !== 'email',
);
export const signedIn = operations.filter(id => operationCases[id].expected[0] === 401);

/** The request of an action, its statuses when it is final, and the actor's values afterwards. */
export interface Plan {
  readonly sent: Omit<Sent, 'idempotencyKey'>;
  readonly done: number | readonly number[];
  readonly after: (owned: Owned) => Owned;
  /** The values after an interruption between two steps. */
  readonly partly?: (owned: Owned) => Owned;
}

export function planOf(action: Action, people: readonly Person[]): Plan {
  const [actor, target] = [people[action.actor], people[action.target]];
  if (actor === undefined || target === undefined) throw new Error('the action names an unknown person');
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
        // The title of the open stream changes too.
        after: titled,
      };
    case 'titleStream':
      return {
        sent: ask('PATCH', `${own}/streams/${actor.streamId}`, { title: text }),
        done: 200,
        // The title of the channel changes too while the stream is open.
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
        after: owned => ({
          ...owned,
          banned: withOne(owned.banned, target.userId),
          invited: without(owned.invited, target.userId),
        }),
        partly: owned => ({ ...owned, banned: withOne(owned.banned, target.userId) }),
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
        // A banned user cannot be invited.
        done: [200, 409],
        after: owned =>
          owned.banned.includes(target.userId)
            ? owned
            : { ...owned, invited: withOne(owned.invited, target.userId) },
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
  const scene = {
    owner: target,
    other: actor,
    moderator: target,
    dismissed: target,
    streamId: target.streamId,
  };
  const sent = { method: method.toUpperCase(), ...operationCases[action.operation].request(scene) };
  const token = {
    'another user': actor.accessToken,
    nobody: undefined,
    'a forger': forged(actor.accessToken, target.accessToken),
  }[action.as];
  const done = action.as === 'another user' ? 403 : 401;
  return { sent: { ...sent, token }, done, after: owned => owned };
}

/** A token with the claims of another person, so that its signature is wrong. */
function forged(mine: string, theirs: string): string {
  const [header, , signature] = mine.split('.');
  return [header, theirs.split('.')[1], signature].join('.');
}

const withOne = (ids: readonly string[], id: string) => [...new Set([...ids, id])].sort();
export const without = (ids: readonly string[], id: string) => ids.filter(one => one !== id);
