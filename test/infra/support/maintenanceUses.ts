import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from '@jest/globals';
import { STACK_TAG } from '../../../model/functionEnvironment.ts';
import { getChannel } from '../../../store/channels.ts';
import { getUser } from '../../../store/users.ts';
import { stateEvent } from '../../support/ivsEvents.ts';
import { channel, putRows, stream } from '../../support/rows.ts';
import { ownedBy, PASSWORD, putHistory, type SignedIn, signedIn } from './accountUses.ts';
import { requestApi } from './apiRequests.ts';
import type { AssembledStack } from './assembledStack.ts';

/** The event of a schedule. */
export const scheduledEvent = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-03-01T10:00:00Z',
  region: 'us-west-2',
  resources: ['arn:aws:events:us-west-2:123456789012:rule/Schedule'],
  detail: {},
};

const STACK_NAME = 'UGC-dev';
const LONG_AGO = '2026-01-01T00:00:00.000Z';

/** Uses every permission of each function that no route invokes. */
export function maintenanceUses(stack: AssembledStack) {
  const { database, ivs } = stack;
  const { client, names } = database;

  const signUp = async (username: string): Promise<SignedIn> => {
    const request = { method: 'POST', body: { username, password: PASSWORD } };
    return signedIn.parse((await requestApi(stack, 'users', '/v1/users', request)).body);
  };
  const make = (operation: string, userId: string, stackName = STACK_NAME): unknown => {
    const tags = { [STACK_TAG]: stackName, user: userId, createdAt: LONG_AGO };
    const answer = ivs.call(operation, { name: userId, tags });
    if (answer.kind !== 'done') throw new Error(`${operation} was not done`);
    return answer.body;
  };
  const change = (table: 'users' | 'channels', id: string, update: string, values = {}) =>
    client.send(
      new UpdateCommand({
        TableName: names[table],
        Key: { id },
        UpdateExpression: update,
        ExpressionAttributeNames: {
          '#pending': 'pending',
          ...(table === 'users' ? { '#status': 'status' } : {}),
        },
        ExpressionAttributeValues: { ':true': 'true', ...values },
      }),
    );

  /** An interrupted sign-up: its channel exists, and its stream key is in no row. */
  const giveUpSigningUp = async (): Promise<string> => {
    const id = 'user-gone';
    const made = Object(make('CreateChannel', id));
    const { arn, playbackUrl, ingestEndpoint } = made.channel;
    const madeChannel = {
      arn,
      playbackUrl,
      ingestEndpoint,
      streamKey: made.streamKey.value,
      streamKeyArn: made.streamKey.arn,
    };
    const times = { createdAt: LONG_AGO, updatedAt: LONG_AGO };
    await putRows(database, 'usernames', [{ usernameKey: 'gone', userId: id, ...times }]);
    await putRows(database, 'users', [
      {
        ...{ id, username: 'gone', usernameKey: 'gone', status: 'creating', pending: 'true', version: 1 },
        ...{ madeChannel, ...times },
      },
    ]);
    return id;
  };

  return {
    finishPending: async () => {
      const abandoned = await giveUpSigningUp();
      const [hana, ivan, judy] = [await signUp('hana'), await signUp('ivan'), await signUp('judy')];
      const follow = (from: SignedIn, to: string) =>
        requestApi(stack, 'follows', `/v1/channels/${to}/follow`, { method: 'PUT', token: from.accessToken });
      await follow(ivan, 'hana');
      await follow(hana, 'ivan');
      const owner = channel({ id: hana.user.channelId, username: 'hana' });
      await putRows(database, 'streams', [stream(owner)]);
      await putHistory(stack, hana.user, stream(owner).id);
      const deleting = 'SET #status = :deleting, #pending = :true, imageObjects = :images, email = :email';
      const path = `images/${hana.user.id}/avatar-1.png`;
      const image = { path, uploadId: 'f'.repeat(32), recordedAt: LONG_AGO };
      await change('users', hana.user.id, deleting, {
        ':deleting': 'deleting',
        ':images': [image],
        ':email': 'hana@example.com',
      });
      await change('channels', hana.user.channelId, 'SET #pending = :true REMOVE streamKey, streamKeyArn');
      await change('channels', ivan.user.channelId, 'SET #pending = :true REMOVE streamKey');
      await change('channels', judy.user.channelId, 'SET #pending = :true, pendingType = :type', {
        ':type': 'ADVANCED_HD',
      });

      await stack.invoke('finishPending', scheduledEvent);

      expect([...ownedBy(stack, abandoned), ...ownedBy(stack, hana.user.id)]).toEqual([]);
      expect(await getUser(database, abandoned)).toBeUndefined();
      expect(await getUser(database, hana.user.id)).toBeUndefined();
      const keys = ivs.resources().channels.find(({ arn }) => arn.endsWith(ivan.user.channelId))?.streamKeys;
      const key = (await getChannel(database, ivan.user.channelId))?.streamKey;
      expect(keys).toEqual([expect.objectContaining({ value: key })]);
      expect(await getChannel(database, judy.user.channelId)).toMatchObject({ type: 'ADVANCED_HD' });
    },

    sweepResources: async () => {
      const orphan = 'user-orphan';
      const other = 'user-of-another-stack';
      const { arn } = Object(make('CreateChannel', orphan)).channel;
      for (const operation of ['CreateRoom', 'CreateStage']) make(operation, orphan);
      make('CreateChannel', other, 'UGC-prod');
      ivs.applyEvent(
        stateEvent('Stream Start', 'st-Orphan00000000000000000', LONG_AGO, { resources: [arn] }),
      );
      // The channel is live, so it is stopped now and deleted by the next run.
      await expect(stack.invoke('sweepResources', scheduledEvent)).rejects.toThrow('could not be deleted');
      ivs.finishStops();
      await stack.invoke('sweepResources', scheduledEvent);
      expect(ownedBy(stack, orphan)).toEqual([]);
      expect(ownedBy(stack, other)).toHaveLength(1);
    },

    rotateSecret: async () => {
      const request = { method: 'POST', body: { username: 'erin', password: PASSWORD } };
      const { body } = await requestApi(stack, 'sessions', '/v1/sessions', request);
      const token = signedIn.parse(body).accessToken;
      const ClientRequestToken = randomUUID();
      for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'])
        await stack.invoke('rotateSecret', { SecretId: stack.tokenSecretArn, ClientRequestToken, Step });
      expect(await requestApi(stack, 'users', '/v1/users/me', { token })).toMatchObject({ status: 200 });
    },
  };
}
