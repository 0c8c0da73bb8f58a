import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type CursorCodec, cursorCodec } from '../../../domain/cursors.ts';
import { type ViewerTokens, viewerTokens } from '../../../domain/viewers/viewerTokens.ts';
import { cursorSecretIdFrom, type Environment } from './environment.ts';
import { requestBudget } from './requestBudget.ts';

// HMAC-SHA-256 wants a key no shorter than its output (RFC 2104 section 3).
const MIN_LENGTH = 32;

/**
 * Cursors signed with the secret that the environment names. It is fetched when the first cursor must be
 * made or checked, and once: a page that is the whole list costs no request to Secrets Manager.
 *
 * @throws Error that names the variable, when it is missing.
 */
export function cursorsFrom(environment: Environment): CursorCodec {
  const id = cursorSecretIdFrom(environment);
  const client = new SecretsManagerClient(requestBudget);
  return cursorCodec(once(() => fetchSecret(client, id)));
}

/**
 * Viewers' tokens, signed with a key made of the same secret: like cursors, they are handed out and handed back, and
 * nobody else reads them.
 *
 * @throws Error that names the variable, when it is missing.
 */
export function viewerTokensFrom(environment: Environment): ViewerTokens {
  const id = cursorSecretIdFrom(environment);
  const client = new SecretsManagerClient(requestBudget);
  return viewerTokens(once(() => fetchSecret(client, id)));
}

async function fetchSecret(client: SecretsManagerClient, id: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
  if (SecretString === undefined || SecretString.length < MIN_LENGTH)
    throw new Error(`the secret ${id} must be a string of at least ${MIN_LENGTH} characters`);
  return SecretString;
}

/** Calls `make` until it succeeds, then keeps what it gave. Calls at the same time share one. */
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
