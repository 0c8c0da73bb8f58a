import { type CursorCodec, cursorCodec } from '../../../domain/cursors.ts';
import { type ViewerTokens, viewerTokens } from '../../../domain/viewers/viewerTokens.ts';
import { cursorSecretIdFrom, type Environment } from './environment.ts';

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

// Loaded with the first secret, because most requests need none.
const fetchSecret = async (id: string) => (await import('./secretsManager.ts')).fetchSecret(id);

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
