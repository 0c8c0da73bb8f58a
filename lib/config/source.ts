/** The stage's config is wrong. `message` is one line that names each bad value and what it may be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A value as a message shows it. */
export const shown = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value));

/** What the settings of a deployment are read from. */
export interface DeploymentSource {
  /** A context value of the CDK app: from `cdk.json`, or from `-c key=value`. */
  readonly context: (key: string) => unknown;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
