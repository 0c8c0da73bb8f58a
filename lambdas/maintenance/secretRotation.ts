import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import * as z from '../../model/zod.ts';

// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
const rotationEvent = z.object({
  SecretId: z.string(),
  /** The id of the version that the rotation creates. */
  ClientRequestToken: z.string(),
  Step: z.enum(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
});
export type RotationEvent = z.input<typeof rotationEvent>;

export interface RotationDependencies {
  readonly client: SecretsManagerClient;
  readonly newSecret: () => string;
}

// The token issuer rejects a shorter secret.
const MIN_LENGTH = 32;

/**
 * Creates a function that executes one step of a rotation. Steps are idempotent: a repeated step does only
 * the remaining work.
 */
export function rotation({
  client,
  newSecret,
}: RotationDependencies): (event: RotationEvent) => Promise<void> {
  return async event => {
    const { SecretId, ClientRequestToken: version, Step } = rotationEvent.parse(event);
    const stages = await stagesOf(client, SecretId);
    const stagesOfVersion = stages.get(version);
    if (stagesOfVersion?.includes(CURRENT)) return;
    // A late event of an earlier rotation would restore an old secret.
    if (!(stagesOfVersion ?? startOf(Step)).includes(PENDING))
      throw new Error(`the version ${version} does not belong to the current rotation`);
    switch (Step) {
      case 'createSecret': {
        if ((await secretOf(client, SecretId, version)) !== undefined) return;
        const put = {
          SecretId,
          ClientRequestToken: version,
          SecretString: newSecret(),
          VersionStages: [PENDING],
        };
        await client.send(new PutSecretValueCommand(put));
        return;
      }
      // No other system has a copy of the secret to update or test.
      case 'setSecret':
        return;
      case 'testSecret': {
        const secret = await secretOf(client, SecretId, version);
        if (secret === undefined || secret.length < MIN_LENGTH)
          throw new Error(`the version ${version} has no secret of at least ${MIN_LENGTH} characters`);
        return;
      }
      case 'finishSecret':
        // Secrets Manager moves AWSPREVIOUS to the previous version.
        await client.send(
          new UpdateSecretVersionStageCommand({
            SecretId,
            VersionStage: CURRENT,
            MoveToVersionId: version,
            RemoveFromVersionId: [...stages].find(([, labels]) => labels.includes(CURRENT))?.[0],
          }),
        );
    }
  };
}

const CURRENT = 'AWSCURRENT';
const PENDING = 'AWSPENDING';

/** Returns the staging labels of each version that has labels. */
async function stagesOf(
  client: SecretsManagerClient,
  SecretId: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
  return new Map(Object.entries(VersionIdsToStages));
}

/** The labels that a version has before it exists: the first step creates it. */
const startOf = (step: RotationEvent['Step']) => (step === 'createSecret' ? [PENDING] : []);

/** Returns the secret of a version, or undefined if it is not stored yet. */
async function secretOf(
  client: SecretsManagerClient,
  SecretId: string,
  VersionId: string,
): Promise<string | undefined> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId, VersionId }))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
