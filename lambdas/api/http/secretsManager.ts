import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { SigningKey } from '../../../domain/accounts/jwt.ts';
import * as z from '../../../model/zod.ts';
import { functionRequests } from '../../../store/database.ts';

// HMAC-SHA-256 needs a key that is at least as long as its output (RFC 2104 section 3, RFC 7518 section 3.2).
const MIN_LENGTH = 32;

let client: SecretsManagerClient | undefined;

/** Returns the client of all secrets. It is created for the first secret. */
export function secretsManager(): SecretsManagerClient {
  client ??= new SecretsManagerClient(functionRequests);
  return client;
}

/** Reads the secret `id` from Secrets Manager. */
export async function fetchSecret(id: string): Promise<string> {
  const { SecretString } = await secretsManager().send(new GetSecretValueCommand({ SecretId: id }));
  if (SecretString === undefined || SecretString.length < MIN_LENGTH)
    throw new Error(`the secret ${id} must be a string of at least ${MIN_LENGTH} characters`);
  return SecretString;
}

/** The versions of the secret that verify tokens. Tokens signed before a rotation stay valid. */
type Stage = 'AWSCURRENT' | 'AWSPREVIOUS';

/**
 * Reads one version of the secret. Returns undefined when it does not exist, such as the previous version
 * before the first rotation.
 */
export type FetchKey = (stage: Stage) => Promise<SigningKey | undefined>;

const version = z.object({ VersionId: z.string(), SecretString: z.string() });

/** Returns a function that reads a version of the secret `id` from Secrets Manager. */
export function fetchFrom(client: SecretsManagerClient, id: string): FetchKey {
  return async stage => {
    try {
      const answer = await client.send(new GetSecretValueCommand({ SecretId: id, VersionStage: stage }));
      const { VersionId, SecretString } = version.parse(answer);
      if (SecretString.length < MIN_LENGTH)
        throw new Error(`the secret ${id} must be a string of at least ${MIN_LENGTH} characters`);
      return { id: VersionId, secret: new TextEncoder().encode(SecretString) };
    } catch (error) {
      // Secrets Manager also throws this when the secret itself does not exist. The caller then finds no
      // current version.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
}
