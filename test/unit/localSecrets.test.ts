import { createServer } from 'node:http';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readRequest, sendReply } from '../../local/awsEndpoint/http.ts';
import { secretsManager } from '../../local/awsEndpoint/secretsManager.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { localCredentials } from '../support/database.ts';

const NAME = 'TokenSecret';
const ARN = `arn:aws:secretsmanager:us-west-2:000000000000:secret:${NAME}`;
const NEXT = 'n'.repeat(32);
const AFTER_NEXT = 'm'.repeat(32);

let client: SecretsManagerClient;
let stop: () => Promise<unknown>;
beforeEach(async () => {
  const service = secretsManager([{ name: NAME, arn: ARN, value: 'first', createdAt: new Date(0) }]);
  const server = createServer(async (message, response) => {
    sendReply(response, await service(await readRequest(message)));
  });
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  const endpoint = `http://${LOOPBACK}:${address.port}`;
  client = new SecretsManagerClient({ ...localCredentials, endpoint, maxAttempts: 1 });
  stop = () => {
    client.destroy();
    server.closeAllConnections();
    return new Promise(resolve => server.close(resolve));
  };
});
afterEach(() => stop());

const get = (input: Partial<GetSecretValueCommandInput> = {}) =>
  client.send(new GetSecretValueCommand({ SecretId: ARN, ...input }));
const put = (ClientRequestToken: string, SecretString: string, VersionStages?: string[]) =>
  client.send(new PutSecretValueCommand({ SecretId: NAME, ClientRequestToken, SecretString, VersionStages }));
const move = (VersionStage: string, MoveToVersionId?: string, RemoveFromVersionId?: string) =>
  client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: NAME,
      VersionStage,
      MoveToVersionId,
      RemoveFromVersionId,
    }),
  );
const stages = async () =>
  (await client.send(new DescribeSecretCommand({ SecretId: NAME }))).VersionIdsToStages;

describe('a secret', () => {
  test('has one version at first, found by name or ARN, and by label or version id', async () => {
    const { VersionId, ...secret } = await get();
    expect(secret).toMatchObject({
      ARN,
      Name: NAME,
      SecretString: 'first',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date(0),
    });
    for (const input of [{ SecretId: NAME }, { VersionId }, { VersionId, VersionStage: 'AWSCURRENT' }]) {
      expect(await get(input)).toMatchObject({ VersionId, SecretString: 'first' });
    }
    expect(await stages()).toEqual({ [VersionId ?? '']: ['AWSCURRENT'] });
  });

  test('gets a new current version, and the version before becomes the previous one', async () => {
    const { VersionId: first = '' } = await get();
    await put(NEXT, 'second');
    expect(await get()).toMatchObject({ VersionId: NEXT, SecretString: 'second' });
    expect(await get({ VersionStage: 'AWSPREVIOUS' })).toMatchObject({ SecretString: 'first' });
    expect(await stages()).toEqual({ [NEXT]: ['AWSCURRENT'], [first]: ['AWSPREVIOUS'] });
    await put(AFTER_NEXT, 'third');
    expect(await stages()).toEqual({ [AFTER_NEXT]: ['AWSCURRENT'], [NEXT]: ['AWSPREVIOUS'] });
    expect(await get({ VersionId: first })).toMatchObject({ SecretString: 'first' });
  });

  test('is stored once per request token, and refused with another value', async () => {
    await put(NEXT, 'second', ['AWSPENDING']);
    await put(NEXT, 'second', ['AWSPENDING']);
    await expect(put(NEXT, 'other', ['AWSPENDING'])).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
    expect(await get()).toMatchObject({ SecretString: 'first' });
  });

  test('is rotated by moving the label from the version that has it', async () => {
    const { VersionId: first } = await get();
    await put(NEXT, 'second', ['AWSPENDING']);
    expect(await get({ VersionStage: 'AWSPENDING' })).toMatchObject({ VersionId: NEXT });
    await expect(move('AWSCURRENT', NEXT)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(move('AWSCURRENT', NEXT, NEXT)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await move('AWSCURRENT', NEXT, first);
    await move('AWSPENDING', undefined, NEXT);
    expect(await stages()).toEqual({ [NEXT]: ['AWSCURRENT'], [first ?? '']: ['AWSPREVIOUS'] });
  });

  test.each<[string, Partial<GetSecretValueCommandInput>, string]>([
    ['another name', { SecretId: 'other' }, 'ResourceNotFoundException'],
    ['a label that no version has', { VersionStage: 'AWSPENDING' }, 'ResourceNotFoundException'],
    ['an unknown version id', { VersionId: NEXT }, 'ResourceNotFoundException'],
    ['a version id that is too short', { VersionId: 'x' }, 'InvalidParameterException'],
  ])('is not found with %s', async (_name, input, name) => {
    await expect(get(input)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });

  test('is not found with a label and an id of different versions', async () => {
    const { VersionId } = await get();
    await put(NEXT, 'second', ['AWSPENDING']);
    await expect(get({ VersionId, VersionStage: 'AWSPENDING' })).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
  });
});
