import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type CursorCodec, cursorCodec } from '../../../domain/cursors.ts';
import { type ViewerTokens, viewerTokens } from '../../../domain/viewers/viewerTokens.ts';
import { functionRequests } from '../../../store/database.ts';
import { cursorSecretIdFrom, type Environment } from './environment.ts';

// HMAC-SHA-256 needs a key that is at least as long as its output (RFC 2104 section 3).
const MIN_LENGTH = 32;

let client: SecretsManagerClient | undefined;

/** Returns the client of all secrets. It is created for the first secret, because most requests need none. */
export function secretsManager(): SecretsManagerClient {
  client ??= new SecretsManagerClient(functionRequests);
  return client;
}

/**
 * Creates a codec for cursors that are signed with the secret in the environment. The secret is fetched once,
 * when the first cursor is created or verified: a list that fits one page needs no request to Secrets
 * Manager.
 *
 * @throws Error that names the variable when it is missing.
 */
export function cursorsFrom(environment: Environment): CursorCodec {
  const id = cursorSecretIdFrom(environment);
  return cursorCodec(once(() => fetchSecret(id)));
}

/**
 * Creates a codec for viewers' tokens. They are signed with a key that is derived from the secret for
 * cursors, because only this API creates and reads both.
 *
 * @throws Error that names the variable when it is missing.
 */
export function viewerTokensFrom(environment: Environment): ViewerTokens {
  const id = cursorSecretIdFrom(environment);
  return viewerTokens(once(() => fetchSecret(id)));
}

async function fetchSecret(id: string): Promise<string> {
  const { SecretString } = await secretsManager().send(new GetSecretValueCommand({ SecretId: id }));
  if (SecretString === undefined || SecretString.length < MIN_LENGTH)
    throw new Error(`the secret ${id} must be a string of at least ${MIN_LENGTH} characters`);
  return SecretString;
}

/** Calls `make` until it succeeds, then caches the result. Concurrent calls share one attempt. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch(error => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
