import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tokenIssuer } from '../../domain/accounts/tokens.ts';
import { fetchFrom } from '../../lambdas/api/http/secretsManager.ts';
import { signingKeys } from '../../lambdas/api/http/tokenSecret.ts';
import { type RotationEvent, rotation } from '../../lambdas/maintenance/secretRotation.ts';
import { readRequest, sendReply } from '../../local/awsEndpoint/http.ts';
import { secretsManager } from '../../local/awsEndpoint/secretsManager.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { movableClock } from '../support/accounts.ts';
import { localCredentials } from '../support/database.ts';

const NAME = 'TokenSecret';
const ann = { id: 'user-1', username: 'Ann', channelId: 'channel-1' };
const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

let client: SecretsManagerClient;
let stop: () => Promise<unknown>;
let value = '';
beforeEach(async () => {
  value = randomBytes(48).toString('base64url');
  const arn = `arn:aws:secretsmanager:us-west-2:000000000000:secret:${NAME}`;
  const service = secretsManager([{ name: NAME, arn, value, createdAt: new Date(0) }]);
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

const step = (
  Step: RotationEvent['Step'],
  version: string,
  newSecret = () => randomBytes(48).toString('base64url'),
) => rotation({ client, newSecret })({ SecretId: NAME, ClientRequestToken: version, Step });

async function rotate(version = randomUUID()): Promise<string> {
  for (const Step of steps) await step(Step, version);
  return version;
}

const current = async () => {
  const { VersionId, SecretString } = await client.send(new GetSecretValueCommand({ SecretId: NAME }));
  return { id: VersionId, value: SecretString };
};

/** A Lambda instance that signs and verifies tokens. */
function instance(clock: () => Date) {
  return tokenIssuer({ keys: signingKeys({ fetch: fetchFrom(client, NAME), clock }), clock });
}

describe('a rotation of the secret that signs access tokens', () => {
  test('signs nobody out: tokens from before and after it work in Lambdas started before and after it', async () => {
    const { clock, forward } = movableClock();
    const running = instance(clock);
    const before = await running.issue(ann, 'f');
    await rotate();
    const started = instance(clock);
    const after = await started.issue(ann, 'f');
    expect(JSON.parse(Buffer.from(after.split('.')[0] ?? '', 'base64url').toString()).kid).toBe(
      (await current()).id,
    );
    forward(60);
    for (const tokens of [running, started]) {
      for (const token of [before, after])
        expect(await tokens.verify(token)).toMatchObject({ userId: 'user-1' });
    }
    forward(240);
    expect(await started.verify(await running.issue(ann, 'f'))).toMatchObject({ userId: 'user-1' });
  });

  test('creates a new secret that is long enough to sign with', async () => {
    const version = await rotate();
    const { id, value: made } = await current();
    expect(id).toBe(version);
    expect(made).not.toBe(value);
    expect(made?.length).toBeGreaterThanOrEqual(32);
  });

  test.each(steps)('can be stopped after %s, and each step can be repeated', async last => {
    const version = randomUUID();
    for (const Step of steps.slice(0, steps.indexOf(last) + 1)) {
      await step(Step, version);
      await step(Step, version);
    }
    await rotate(version);
    const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: NAME }));
    expect(VersionIdsToStages[version]).toContain('AWSCURRENT');
    expect(Object.values(VersionIdsToStages).filter(stages => stages.includes('AWSPREVIOUS'))).toHaveLength(
      1,
    );
    expect((await current()).id).toBe(version);
  });

  test('that starts again keeps the secret it has already created', async () => {
    const version = randomUUID();
    await step('createSecret', version, () => 'the first one, of 32 characters or more');
    await step('createSecret', version, () => 'a second one, of 32 characters or more.');
    await step('finishSecret', version);
    expect((await current()).value).toBe('the first one, of 32 characters or more');
  });

  test('stops at a secret that is too short to sign with', async () => {
    const version = randomUUID();
    await step('createSecret', version, () => 'short');
    await expect(step('testSecret', version)).rejects.toThrow('has no secret of at least 32 characters');
    expect((await current()).value).toBe(value);
  });

  test('does not continue once a later one has finished: the old secret does not come back', async () => {
    const first = await rotate();
    const second = await rotate();
    for (const late of ['createSecret', 'testSecret', 'finishSecret'] as const)
      await expect(step(late, first)).rejects.toThrow('does not belong to the current rotation');
    for (const early of ['setSecret', 'testSecret', 'finishSecret'] as const)
      await expect(step(early, randomUUID())).rejects.toThrow('does not belong to the current rotation');
    expect((await current()).id).toBe(second);
  });

  test('refuses an event with an unknown step', async () => {
    const event = { SecretId: NAME, ClientRequestToken: randomUUID(), Step: 'deleteSecret' };
    const rotateNow: (event: never) => Promise<void> = rotation({ client, newSecret: () => 'x' });
    await expect(rotateNow(event as never)).rejects.toThrow('Step');
  });
});

test('a secret that is too short to sign with is refused, and the error does not show it', async () => {
  const version = randomUUID();
  await step('createSecret', version, () => 'short-secret');
  await step('finishSecret', version);
  const { clock } = movableClock();
  await expect(instance(clock).issue(ann, 'f')).rejects.toThrow('at least 32 characters');
  await expect(instance(clock).issue(ann, 'f')).rejects.not.toThrow('short-secret');
});

test('a missing secret is an error', async () => {
  const { clock } = movableClock();
  const keys = signingKeys({ fetch: fetchFrom(client, 'NoSuchSecret'), clock });
  await expect(tokenIssuer({ keys, clock }).issue(ann, 'f')).rejects.toThrow('no current version');
});
