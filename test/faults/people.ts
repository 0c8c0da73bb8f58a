import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { apiClient } from '../../client/client.ts';
import type { Member } from '../support/api.ts';

/** A request to the API. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly token?: string | undefined;
  readonly body?: object | undefined;
  readonly idempotencyKey?: string | undefined;
  /** The source address. By default a new one. */
  readonly sourceIp?: string | undefined;
}

export interface Answer {
  readonly status: number;
  /** The value of Retry-After in seconds, if the answer has one. */
  readonly retryAfter: number | undefined;
  readonly text: string;
}

/** A user of a history, with an open stream. */
export interface Person extends Member {
  readonly chatRoomId: string;
  readonly stageId: string;
  readonly streamId: string;
}

/** The name is reversed, because a password may not contain it. */
export const signUpBody = (username: string) => ({
  username,
  password: `password of ${[...username].reverse().join('')}`,
});

const signedUp = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  user: z.object({ id: z.string(), username: z.string() }),
});

/** Reads the account from the answer to a sign-up. */
export function readSignUp(text: string) {
  const { user, accessToken, refreshToken } = signedUp.parse(JSON.parse(text));
  return { userId: user.id, ...signUpBody(user.username), accessToken, refreshToken };
}

/** The account together with its ids from the tables. */
export function personOf(
  account: ReturnType<typeof readSignUp>,
  ids: Pick<Person, 'channelId' | 'chatRoomId' | 'stageId' | 'streamId'>,
): Person {
  // The shared request cases need a member with a client, which is not used here.
  return { ...account, ...ids, api: apiClient({ baseUrl: 'https://api.example' }) };
}

export const newKey = () => randomUUID();
