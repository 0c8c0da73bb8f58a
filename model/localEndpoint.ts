/** Where local mode listens when nothing else is asked for. */
export const localPorts = { api: 3000, aws: 4566 } as const;

/** The account and the Region of local mode. No real account has this number. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-west-2';

/** A port that is none. `message` is one line that names the variable. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

/**
 * Points every AWS SDK client that is made afterwards at the local stack, when `LOCAL=1`; does nothing otherwise.
 * Sets in `environment` the endpoint (`AWS_PORT` is read), dummy credentials and, unless there is one, a Region.
 *
 * @throws PortError when `AWS_PORT` is not a port.
 */
export function applyLocalEndpoint(environment: NodeJS.ProcessEnv): void {
  if (environment['LOCAL'] !== '1') return;
  const port = readPort(environment, 'AWS_PORT', localPorts.aws);
  Object.assign(environment, localClientEnvironment(`http://127.0.0.1:${port}`));
  environment['AWS_REGION'] ||= LOCAL_REGION;
  // A profile wins over keys in the environment, and may ask for a sign-in that local mode does not need.
  delete environment['AWS_PROFILE'];
  delete environment['AWS_SESSION_TOKEN'];
  for (const name of Object.keys(environment)) {
    // An endpoint of one service wins over the general one, and may be anybody's.
    if (name.startsWith('AWS_ENDPOINT_URL_')) delete environment[name];
  }
}

/** The variables that make an AWS SDK or the AWS CLI talk to the local stack, without the Region. */
export function localClientEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    // Set to true, it would send a command that was meant for the local stack to AWS.
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}

/**
 * Reads a TCP port. 0 asks for any free one.
 * @throws PortError
 */
export function readPort(environment: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535))
    throw new PortError(`${name} must be a port from 0 to 65535, not ${JSON.stringify(text)}`);
  return port;
}
