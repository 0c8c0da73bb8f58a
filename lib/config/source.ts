/** The configuration is not valid. `message` is one line that names each bad value and the allowed values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Formats a value for an error message. */
export const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** The sources of a deployment's settings. */
export interface DeploymentSource {
  /** Returns a context value of the CDK app, from `cdk.json` or `-c key=value`. */
  readonly context: (key: string) => unknown;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
