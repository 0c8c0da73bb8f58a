import { randomBytes, randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from '@jest/globals';
import { z } from 'zod';
import { passwordHasher } from '../../../domain/accounts/passwords.ts';
import { type OperationId, routes } from '../../../model/routes.ts';
import { stateEvent } from '../../support/ivsEvents.ts';
import { png } from '../../support/png.ts';
import { putRows } from '../../support/rows.ts';
import { type ApiRequest, countList, requestApi } from './apiRequests.ts';
import type { AssembledStack } from './assembledStack.ts';

/** The routes of accounts, their channels and follows, ordered so that each leaves the data that the next needs. */
export const accountOperations = [
  'createUser',
  'createSession',
  'refreshSession',
  'stepUp',
  'deleteSession',
  'listSessions',
  'endSession',
  'endOtherSessions',
  'getMe',
  'updateMe',
  'updateProfile',
  'changeEmail',
  'getEmail',
  'confirmEmail',
  'requestPasswordReset',
  'resetPassword',
  'removeEmail',
  'createImageUpload',
  'confirmImage',
  'deleteImage',
  'getUser',
  'updateChannel',
  'getIngest',
  'replaceStreamKey',
  'putMetadata',
  'stopStream',
  'updateStream',
  'followChannel',
  'listFollowers',
  'listFollowing',
  'unfollowChannel',
  'deleteMe',
] as const satisfies readonly OperationId[];
export type AccountOperation = (typeof accountOperations)[number];

export const signedIn = z.object({
  user: z.object({ id: z.string(), channelId: z.string() }),
  accessToken: z.string(),
  refreshToken: z.string(),
});
export type SignedIn = z.infer<typeof signedIn>;

const uploadForm = z.object({
  uploadId: z.string(),
  url: z.string(),
  fields: z.record(z.string(), z.string()),
});

/** The passwords of all users here. No log may contain them. */
export const PASSWORD = 'correct horse battery staple';
const STREAM_ID = 'st-Dora0000000000000000000';

/** Uses every permission of each route: in the normal case and after a failure. */
export function accountUses(stack: AssembledStack): Record<AccountOperation, () => Promise<void>> {
  const { database, ivs } = stack;
  const people = new Map<string, SignedIn>();
  const person = (name: string): SignedIn => {
    const found = people.get(name);
    if (found === undefined) throw new Error(`${name} has not signed up`);
    return found;
  };
  const as = (name: string): Pick<ApiRequest, 'token'> => ({ token: person(name).accessToken });

  const request = (operation: OperationId, path: string, options: ApiRequest = {}) => {
    const { resource, method } = routes[operation];
    return requestApi(stack, resource, path, { method: method.toUpperCase(), ...options });
  };
  const answers = async (operation: OperationId, path: string, options: ApiRequest, status: number) => {
    const answer = await request(operation, path, options);
    expect({ operation, ...answer }).toMatchObject({ operation, status });
    return answer.body;
  };
  const signsUp = async (username: string, idempotencyKey: string = randomUUID()) => {
    const body = { username, password: PASSWORD };
    people.set(
      username,
      signedIn.parse(await answers('createUser', '/v1/users', { body, idempotencyKey }, 201)),
    );
  };
  const signIn = async (username: string, password = PASSWORD) => {
    const body = { username, password };
    return signedIn.parse(await answers('createSession', '/v1/sessions', { body }, 200));
  };
  const channelArn = () => `arn:aws:ivs:us-west-2:123456789012:channel/${person('dora').user.channelId}`;
  const tell = async (name: string, time: string) => {
    const event = stateEvent(name, STREAM_ID, time, { resources: [channelArn()] });
    ivs.applyEvent(event);
    await stack.invoke('postStreamEvents', event);
  };

  let resetId = '';
  const newestCode = () => /^ {4}(\S+)$/m.exec(stack.mailbox.mails()[0]?.text ?? '')?.[1] ?? '';

  /** Uploads a file as a browser does. Returns the id of the upload. */
  const uploadImage = async (file: Buffer): Promise<string> => {
    const body = { contentType: 'image/png' };
    const path = '/v1/users/me/images/avatar/uploads';
    const made = uploadForm.parse(await answers('createImageUpload', path, { ...as('dora'), body }, 201));
    const form = new FormData();
    for (const [name, value] of Object.entries(made.fields)) form.append(name, value);
    form.append('file', new Blob([new Uint8Array(file)]));
    expect((await fetch(made.url, { method: 'POST', body: form })).status).toBe(204);
    return made.uploadId;
  };

  return {
    createUser: async () => {
      const key = randomUUID();
      // Nothing was created or recorded, so the key is released and the next request does the work.
      ivs.faults.add({ operation: 'CreateChannel', failure: 'failed' });
      const body = { username: 'dora', password: PASSWORD };
      const failed = await request('createUser', '/v1/users', { body, idempotencyKey: key });
      expect(failed.status).toBeGreaterThanOrEqual(500);
      await signsUp('dora', key);
      const before = person('dora');
      await signsUp('dora', key);
      expect(person('dora')).toEqual(before);
      await answers('createUser', '/v1/users', { body: { ...body, username: 'DORA' } }, 409);
      for (const name of ['erin', 'finn', 'gina']) await signsUp(name);
    },

    createSession: async () => {
      const wrong = { username: 'nobody', password: 'wrong horse' };
      for (let tries = 0; tries < 5; tries++) {
        await answers('createSession', '/v1/sessions', { body: wrong }, 401);
      }
      const idempotencyKey = randomUUID();
      await answers('createSession', '/v1/sessions', { body: wrong, idempotencyKey }, 429);
      // The hash has old parameters, so it is computed again.
      const cheap = passwordHasher({ random: randomBytes, parameters: { N: 2 ** 4, r: 8, p: 1 } });
      await database.client.send(
        new UpdateCommand({
          TableName: database.names.users,
          Key: { id: person('dora').user.id },
          UpdateExpression: 'SET passwordHash = :hash',
          ExpressionAttributeValues: { ':hash': await cheap.hash(PASSWORD) },
        }),
      );
      const body = { username: 'Dora', password: PASSWORD };
      const key = randomUUID();
      const first = await answers('createSession', '/v1/sessions', { body, idempotencyKey: key }, 200);
      expect(await answers('createSession', '/v1/sessions', { body, idempotencyKey: key }, 200)).toEqual(
        first,
      );
    },

    refreshSession: async () => {
      const { refreshToken } = await signIn('dora');
      const body = { refreshToken };
      signedIn.parse(await answers('refreshSession', '/v1/sessions/refresh', { body }, 200));
      // Repeated within 30 seconds, and with an Idempotency-Key.
      await answers('refreshSession', '/v1/sessions/refresh', { body, idempotencyKey: randomUUID() }, 200);
    },

    stepUp: async () => {
      const { accessToken } = await signIn('dora');
      const body = { currentPassword: PASSWORD };
      await answers('stepUp', '/v1/sessions/step-up', { token: accessToken, body }, 200);
    },

    deleteSession: async () => {
      const { accessToken } = await signIn('dora');
      await answers('deleteSession', '/v1/sessions', { token: accessToken }, 204);
    },

    listSessions: async () => {
      await signIn('erin');
      expect(await countList(stack, 'sessions', '/v1/users/me/sessions', as('erin'))).toBe(2);
    },

    endSession: async () => {
      const { refreshToken } = await signIn('erin');
      await answers('endSession', `/v1/users/me/sessions/${refreshToken.split('.')[0]}`, as('erin'), 204);
    },

    endOtherSessions: async () => {
      await answers('endOtherSessions', '/v1/users/me/sessions', as('erin'), 204);
      expect(await countList(stack, 'sessions', '/v1/users/me/sessions', as('erin'))).toBe(1);
    },

    getMe: async () => {
      expect(await answers('getMe', '/v1/users/me', as('dora'), 200)).toMatchObject({ username: 'dora' });
    },

    updateMe: async () => {
      await tell('Session Created', '2026-03-01T10:00:00Z');
      await tell('Stream Start', '2026-03-01T10:00:05Z');
      await signIn('dora');
      const body = { username: 'Dora-2', password: `${PASSWORD}!`, currentPassword: PASSWORD };
      await answers('updateMe', '/v1/users/me', { ...as('dora'), body }, 200);
    },

    updateProfile: async () => {
      const body = { displayName: 'Dora Lee', color: '#ff8800' };
      await answers('updateProfile', '/v1/users/me/profile', { ...as('dora'), body }, 200);
      const masked = { displayName: 'Dora Shit' };
      await answers('updateProfile', '/v1/users/me/profile', { ...as('dora'), body: masked }, 422);
    },

    changeEmail: async () => {
      const body = { email: 'dora@example.com', currentPassword: `${PASSWORD}!` };
      await answers('changeEmail', '/v1/users/me/email', { ...as('dora'), body }, 202);
    },

    getEmail: async () => {
      expect(await answers('getEmail', '/v1/users/me/email', as('dora'), 200)).toMatchObject({ email: null });
    },

    confirmEmail: async () => {
      const confirm = async () => {
        const body = { code: newestCode() };
        await answers('confirmEmail', '/v1/users/me/email/confirmation', { ...as('dora'), body }, 200);
      };
      await confirm();
      // The old address is told.
      const body = { email: 'dora.2@example.com' };
      await answers('changeEmail', '/v1/users/me/email', { ...as('dora'), body }, 202);
      await confirm();
    },

    requestPasswordReset: async () => {
      const body = { email: 'Dora.2@example.com' };
      const answer = await answers('requestPasswordReset', '/v1/password-resets', { body }, 202);
      resetId = z.object({ resetId: z.string() }).parse(answer).resetId;
    },

    resetPassword: async () => {
      const body = { resetId, code: newestCode(), password: PASSWORD };
      const path = '/v1/password-resets/completion';
      people.set('dora', signedIn.parse(await answers('resetPassword', path, { body }, 200)));
    },

    removeEmail: async () => {
      await answers('removeEmail', '/v1/users/me/email', as('dora'), 204);
      // An address for the deletion of the account.
      const body = { email: 'dora.3@example.com' };
      await answers('changeEmail', '/v1/users/me/email', { ...as('dora'), body }, 202);
      const code = { code: newestCode() };
      await answers('confirmEmail', '/v1/users/me/email/confirmation', { ...as('dora'), body: code }, 200);
    },

    createImageUpload: async () => {
      const upload = await uploadImage(png(64, 64));
      expect(upload).toMatch(/^[0-9a-f]{32}$/);
    },

    confirmImage: async () => {
      const path = '/v1/users/me/images/avatar';
      const refused = { uploadId: await uploadImage(Buffer.from('GIF89a<script>')) };
      await answers('confirmImage', path, { ...as('dora'), body: refused }, 422);
      for (const size of [64, 65]) {
        const body = { uploadId: await uploadImage(png(size, size)) };
        const shown = await answers('confirmImage', path, { ...as('dora'), body }, 200);
        expect(shown).toMatchObject({ avatarUrl: expect.stringMatching(/\/images\/.*\.png$/) });
      }
    },

    deleteImage: async () => {
      await answers('deleteImage', '/v1/users/me/images/avatar', as('dora'), 204);
      // An image for the deletion of the account.
      const body = { uploadId: await uploadImage(png(64, 64)) };
      await answers('confirmImage', '/v1/users/me/images/avatar', { ...as('dora'), body }, 200);
    },

    getUser: async () => {
      const { user } = person('dora');
      expect(await answers('getUser', `/v1/users/${user.id}`, {}, 200)).toMatchObject({ username: 'Dora-2' });
    },

    updateChannel: async () => {
      const body = { title: 'On air', categoryId: 'music' };
      expect(await answers('updateChannel', '/v1/channels/me', { ...as('dora'), body }, 200)).toMatchObject(
        body,
      );
    },

    getIngest: async () => {
      await answers('getIngest', '/v1/channels/me/ingest', as('dora'), 200);
    },

    replaceStreamKey: async () => {
      const path = '/v1/channels/me/stream-key';
      const idempotencyKey = randomUUID();
      // The key was created but not recorded. The next request finds it.
      ivs.faults.add({ operation: 'CreateStreamKey', failure: 'lostAnswer' });
      const failed = await request('replaceStreamKey', path, { ...as('dora'), idempotencyKey });
      expect(failed.status).toBeGreaterThanOrEqual(500);
      const replaced = await answers('replaceStreamKey', path, { ...as('dora'), idempotencyKey }, 201);
      expect(await answers('replaceStreamKey', path, { ...as('dora'), idempotencyKey }, 201)).toEqual(
        replaced,
      );
      const known = ivs.resources().channels.find(({ arn }) => arn === channelArn())?.streamKeys;
      expect(known).toEqual([expect.objectContaining({ value: Object(replaced).streamKey })]);
    },

    putMetadata: async () => {
      const body = { metadata: '{"goal":"Dora"}' };
      await answers('putMetadata', '/v1/channels/me/metadata', { ...as('dora'), body }, 204);
    },

    stopStream: async () => {
      await answers('stopStream', '/v1/channels/me/live', as('dora'), 204);
      ivs.finishStops();
      await tell('Stream End', '2026-03-01T11:00:00Z');
      await tell('Session Ended', '2026-03-01T11:00:01Z');
    },

    updateStream: async () => {
      const path = `/v1/channels/dora-2/streams/${STREAM_ID}`;
      const body = { title: 'What it was', categoryId: 'art' };
      expect(await answers('updateStream', path, { ...as('dora'), body }, 200)).toMatchObject({
        title: body.title,
      });
      await answers('updateStream', path, { ...as('erin'), body }, 403);
      // Dora's former name.
      await answers('updateStream', `/v1/channels/dora/streams/${STREAM_ID}`, { ...as('dora'), body }, 308);
    },

    followChannel: async () => {
      for (const name of ['erin', 'finn', 'gina'])
        await answers('followChannel', '/v1/channels/dora-2/follow', as(name), 204);
      await answers('followChannel', '/v1/channels/erin/follow', as('dora'), 204);
      await answers('followChannel', '/v1/channels/dora/follow', as('erin'), 308);
      expect(await answers('getChannel', '/v1/channels/dora-2', as('erin'), 200)).toMatchObject({
        relation: { isFollowing: true, ban: null },
      });
      const partner = ivs.resources().channels.find(({ arn }) => arn === channelArn());
      expect(partner?.type).toBe('ADVANCED_HD');
    },

    listFollowers: async () => {
      expect(await countList(stack, 'follows', '/v1/channels/dora-2/followers', as('dora'))).toBe(3);
    },

    listFollowing: async () => {
      expect(await countList(stack, 'follows', '/v1/users/me/following', as('erin'))).toBe(1);
    },

    unfollowChannel: async () => {
      await answers('unfollowChannel', '/v1/channels/dora-2/follow', as('gina'), 204);
    },

    deleteMe: async () => {
      const { user } = person('dora');
      await putHistory(stack, user, STREAM_ID);
      await answers('deleteMe', '/v1/users/me', as('dora'), 204);
      expect(ownedBy(stack, user.id)).toEqual([]);
    },
  };
}

/** The ARNs of the resources that a user has at IVS. */
export function ownedBy({ ivs }: AssembledStack, userId: string): string[] {
  const { channels, rooms, stages } = ivs.resources();
  return [...channels, ...rooms, ...stages].flatMap(({ arn, tags }) => (tags['user'] === userId ? arn : []));
}

/** Rows of every kind that belong to a user and one of their streams. */
export async function putHistory(
  stack: AssembledStack,
  { id, channelId }: SignedIn['user'],
  streamId: string,
): Promise<void> {
  const { database } = stack;
  const idOf = (kind: string) =>
    ownedBy(stack, id)
      .find(arn => arn.includes(`:${kind}/`))
      ?.replace(/^.*\//, '');
  const stageId = idOf('stage');
  await putRows(database, 'streamEvents', [{ streamId, id: '1' }]);
  await putRows(database, 'metrics', [{ streamId, id: '1' }]);
  await putRows(database, 'chatMessages', [{ chatRoomId: idOf('room'), id: '1' }]);
  await putRows(database, 'bans', [{ channelId, userId: 'troll' }]);
  await putRows(database, 'moderators', [
    { channelId, userId: 'helper' },
    { channelId: 'elsewhere', userId: id, createdAt: elsewhere.stage.createdAt },
  ]);
  await putRows(database, 'audit', [{ channelId, id: '1' }]);
  await putRows(database, 'stageParticipants', [{ stageId, id: 'guest' }]);
  await putRows(database, 'stageTokens', [
    { stageId, participantId: 'guest' },
    { stageId: elsewhere.id, participantId: 'away', userId: id, createdAt: elsewhere.stage.createdAt },
  ]);
  await putRows(database, 'stageRequests', [
    { stageId, userId: 'fan' },
    { stageId: elsewhere.id, userId: id, createdAt: elsewhere.stage.createdAt },
  ]);
  const requests = [{ userId: id, requestedAt: elsewhere.stage.createdAt }];
  const invitation = { participantId: 'away', userId: id, username: 'away', ...elsewhere.invited };
  await putRows(database, 'stages', [
    { ...elsewhere.stage, id: elsewhere.id, invitations: [invitation], requests },
  ]);
}

/** The stage of another user. */
const elsewhere = {
  id: 'stage-elsewhere',
  invited: { invitedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2126-01-01T00:00:00.000Z' },
  stage: {
    arn: 'arn:aws:ivs:us-west-2:123456789012:stage/stage-elsewhere',
    userId: 'host',
    name: 'host',
    isLive: false,
    publishedParticipants: [],
    version: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  },
};
