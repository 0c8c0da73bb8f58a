import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { apiClient } from '../../client/client.ts';
import type { Member } from '../support/api.ts';

/** A request of the API, as a client makes it. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly token?: string | undefined;
  readonly body?: object | undefined;
  readonly idempotencyKey?: string | undefined;
  /** Where it comes from: an address that no other request has, when it is left out. */
  readonly sourceIp?: string | undefined;
}

export interface Answer {
  readonly status: number;
  /** The seconds after which to try again, where the answer says so. */
  readonly retryAfter: number | undefined;
  readonly text: string;
}

/** Somebody who signed up in a history, and has a stream that is open. */
export interface Person extends Member {
  readonly chatRoomId: string;
  readonly stageId: string;
  readonly streamId: string;
}

export const signUpBody = (username: string) => ({ username, password: `password of ${username}` });

const signedUp = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  user: z.object({ id: z.string(), username: z.string() }),
});

/** What the answer to a sign-up says of who they are. */
export function readSignUp(text: string) {
  const { user, accessToken, refreshToken } = signedUp.parse(JSON.parse(text));
  return { userId: user.id, ...signUpBody(user.username), accessToken, refreshToken };
}

/** The person, with what the tables know of them. */
export function personOf(
  account: ReturnType<typeof readSignUp>,
  ids: Pick<Person, 'channelId' | 'chatRoomId' | 'stageId' | 'streamId'>,
): Person {
  // The cases of the route tests want a member who can ask by themselves; here nobody does.
  return { ...account, ...ids, api: apiClient({ baseUrl: 'https://api.example' }) };
}

export const newKey = () => randomUUID();
