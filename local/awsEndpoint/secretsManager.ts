import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { nullStateStore, type StateStore } from '../stateStore.ts';
import { type AwsReply, type AwsService, json, jsonError, readJson } from './http.ts';
import { type LocalSecret, SecretError, type SecretVersion, secretVersions } from './secretVersions.ts';

export type { LocalSecret };

const secretId = z.string().min(1).max(2048);
const versionId = z.string().min(32).max(64);
const stage = z.string().min(1).max(256);

type Versions = ReturnType<typeof secretVersions>;

/** An operation on a secret. It parses the members of its input other than the secret's id. */
type SecretOperation = (versions: Versions, input: unknown) => object;

const operations: Readonly<Record<string, SecretOperation>> = {
  GetSecretValue: operation(
    z.object({ VersionId: versionId.optional(), VersionStage: stage.optional() }),
    (versions, { VersionId, VersionStage }) => {
      const version = versions.get(VersionId, VersionStage);
      return { ...label(version), SecretString: version.value, CreatedDate: seconds(version.createdAt) };
    },
  ),

  DescribeSecret: operation(z.object({}), versions => ({
    // Local mode does not rotate secrets on a schedule, but every secret can be rotated by hand.
    RotationEnabled: true,
    VersionIdsToStages: Object.fromEntries(versions.labelled().map(({ id, stages }) => [id, stages])),
  })),

  PutSecretValue: operation(
    z.object({
      ClientRequestToken: versionId.default(randomUUID),
      SecretString: z.string().min(1).max(65_536),
      VersionStages: z.array(stage).min(1).max(20).optional(),
    }),
    (versions, { ClientRequestToken, SecretString, VersionStages }) =>
      label(versions.put(ClientRequestToken, SecretString, VersionStages)),
  ),

  UpdateSecretVersionStage: operation(
    z.object({
      VersionStage: stage,
      MoveToVersionId: versionId.optional(),
      RemoveFromVersionId: versionId.optional(),
    }),
    (versions, { VersionStage, MoveToVersionId, RemoveFromVersionId }) => {
      versions.moveStage(VersionStage, MoveToVersionId, RemoveFromVersionId);
      return {};
    },
  ),
};

/** The values of `X-Amz-Target` for the operations. */
export const secretsManagerTargets = Object.keys(operations).map(name => `secretsmanager.${name}`);

/** Secrets Manager with `secrets`, found by name or ARN. */
export function secretsManager(
  secrets: readonly LocalSecret[],
  now: () => Date = () => new Date(),
  stateStore: StateStore = nullStateStore,
): AwsService {
  const known = secrets.map(secret => ({ ...secret, versions: secretVersions(secret, now, stateStore) }));
  return ({ headers, body }): AwsReply => {
    const target = String(headers['x-amz-target']).replace('secretsmanager.', '');
    const run = Object.hasOwn(operations, target) ? operations[target] : undefined;
    if (run === undefined) {
      return jsonError(400, 'UnknownOperationException', `local mode has no operation ${target}`);
    }
    const input = readJson(body);
    try {
      const { SecretId } = parse(z.object({ SecretId: secretId }), input);
      const secret = known.find(({ name, arn }) => name === SecretId || arn === SecretId);
      if (secret === undefined) {
        const text = "Secrets Manager can't find the specified secret.";
        throw new SecretError('ResourceNotFoundException', text);
      }
      return json(200, { ARN: secret.arn, Name: secret.name, ...run(secret.versions, input) });
    } catch (error) {
      if (error instanceof SecretError) return jsonError(400, error.type, error.message);
      throw error;
    }
  };
}

function operation<S extends z.ZodType>(
  schema: S,
  run: (versions: Versions, input: z.output<S>) => object,
): SecretOperation {
  return (versions, input) => run(versions, parse(schema, input));
}

/** @throws SecretError that names the invalid member */
function parse<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const text = `${issue?.path.join('.') || 'body'}: ${issue?.message}`;
  throw new SecretError('InvalidParameterException', text);
}

function label({ id, stages }: SecretVersion) {
  return { VersionId: id, VersionStages: stages };
}

/** Times in the JSON protocols are in seconds. */
function seconds(date: Date): number {
  return date.getTime() / 1000;
}
