/** The stage's config is wrong. `message` is one line that names each bad value and what it may be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A value as a message shows it. */
export const shown = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value));
