import { z } from 'zod';
import { type AwsReply, type AwsService, json, jsonError, readJson } from './exchange.ts';

export interface LocalSecret {
  readonly name: string;
  readonly arn: string;
  readonly value: string;
  readonly createdAt: Date;
}

const request = z.object({ SecretId: z.string().min(1).max(2048) });

/** Secrets Manager `GetSecretValue`, of `secrets` by name or ARN. */
export function getSecretValue(secrets: readonly LocalSecret[]): AwsService {
  return ({ body }): AwsReply => {
    const input = request.safeParse(readJson(body));
    if (!input.success) return jsonError(400, 'ValidationException', 'SecretId: must be a name or an ARN');
    const { SecretId } = input.data;
    const secret = secrets.find(({ name, arn }) => name === SecretId || arn === SecretId);
    if (secret === undefined) {
      return jsonError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return json(200, {
      ARN: secret.arn,
      Name: secret.name,
      SecretString: secret.value,
      VersionId: '00000000-0000-4000-8000-000000000000',
      VersionStages: ['AWSCURRENT'],
      // The JSON protocols carry times as seconds.
      CreatedDate: secret.createdAt.getTime() / 1000,
    });
  };
}
