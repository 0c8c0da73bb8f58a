import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';

// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
const rotationEvent = z.object({
  SecretId: z.string(),
  /** The id of the version that the rotation makes. */
  ClientRequestToken: z.string(),
  Step: z.enum(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
});
export type RotationEvent = z.input<typeof rotationEvent>;

export interface RotationDependencies {
  readonly client: SecretsManagerClient;
  readonly newSecret: () => string;
}

// What signs tokens refuses a shorter one.
const MIN_LENGTH = 32;

/** Does one step of a rotation. Each may be repeated: it does what is left of it. */
export function rotation({
  client,
  newSecret,
}: RotationDependencies): (event: RotationEvent) => Promise<void> {
  return async event => {
    const { SecretId, ClientRequestToken: version, Step } = rotationEvent.parse(event);
    const stages = await stagesOf(client, SecretId);
    const stagesOfVersion = stages.get(version);
    if (stagesOfVersion?.includes(CURRENT)) return;
    // An event of an earlier rotation, late: going on with it would bring an old secret back.
    if (!(stagesOfVersion ?? startOf(Step)).includes(PENDING))
      throw new Error(`the version ${version} is not the one that is being made`);
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
      // Nothing outside has a copy to be set or tested: whoever signs or checks a token reads the secret itself.
      case 'setSecret':
        return;
      case 'testSecret': {
        const secret = await secretOf(client, SecretId, version);
        if (secret === undefined || secret.length < MIN_LENGTH)
          throw new Error(`the version ${version} cannot sign tokens`);
        return;
      }
      case 'finishSecret':
        // The version before becomes AWSPREVIOUS by itself.
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

/** The staging labels of each version that has one. */
async function stagesOf(
  client: SecretsManagerClient,
  SecretId: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
  return new Map(Object.entries(VersionIdsToStages));
}

/** What a version is before it is there: the first step makes it. */
const startOf = (step: RotationEvent['Step']) => (step === 'createSecret' ? [PENDING] : []);

/** The secret of a version, if it has been put. */
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
