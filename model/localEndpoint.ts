import { readFlag, readPort, readRegion, stackNameOf } from './variables.ts';

/** Where local mode listens when nothing else is asked for. */
export const localPorts = { api: 3000, aws: 4566 } as const;

/** The account and the Region of local mode. No real account has this number. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-west-2';

/**
 * Points every AWS SDK client that is made afterwards at the local stack, when `LOCAL=1`; does nothing otherwise.
 * Sets in `environment` the endpoint (`AWS_PORT` is read), dummy credentials and, unless there is one, a Region.
 *
 * @throws VariableError when `LOCAL` is not a switch or `AWS_PORT` is not a port.
 */
export function applyLocalEndpoint(environment: NodeJS.ProcessEnv): void {
  if (!readFlag(environment, 'LOCAL')) return;
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

/**
 * The name of the stack that a command is about, once every AWS SDK client that is made afterwards finds it: on AWS, or
 * with `LOCAL=1` on this machine. Reads `STACK`, `STAGE`, `LOCAL`, `AWS_PORT` and `AWS_REGION`.
 *
 * @throws VariableError
 */
export function targetStack(environment: NodeJS.ProcessEnv): string {
  const stack = stackNameOf(environment);
  readRegion(environment);
  applyLocalEndpoint(environment);
  return stack;
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
