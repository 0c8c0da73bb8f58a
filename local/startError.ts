/** Why the local stack cannot start, for whoever typed the command: `message` is one line. */
export class LocalStartError extends Error {
  override readonly name = 'LocalStartError';
}
