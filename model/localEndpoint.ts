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
  const local = localClientEnvironment(`http://127.0.0.1:${port}`);
  Object.assign(environment, local);
  environment['AWS_REGION'] ||= LOCAL_REGION;
  // An allow-list: profiles, endpoints of single services, FIPS, dual-stack, credentials of containers and whatever
  // comes next are meant for AWS.
  const kept = new Set([...Object.keys(local), 'AWS_PORT', 'AWS_REGION', 'AWS_EC2_METADATA_DISABLED']);
  for (const name of Object.keys(environment)) {
    if (name.startsWith('AWS_') && !name.startsWith('AWS_SDK_') && !kept.has(name)) delete environment[name];
  }
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const others = environment[name] || environment['no_proxy'] || environment['NO_PROXY'];
    if (others?.split(',').includes('127.0.0.1')) continue;
    environment[name] = [...(others ? [others] : []), 'localhost', '127.0.0.1', '::1'].join(',');
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

const NO_FILE = '/dev/null';

/** The variables that make an AWS SDK or the AWS CLI talk to the local stack, without the Region. */
function localClientEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    // Set to true, it would send a command that was meant for the local stack to AWS.
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    // The environment goes before the files of a person's AWS configuration, which may have other settings for AWS.
    AWS_USE_FIPS_ENDPOINT: 'false',
    AWS_USE_DUALSTACK_ENDPOINT: 'false',
    AWS_CONFIG_FILE: NO_FILE,
    AWS_SHARED_CREDENTIALS_FILE: NO_FILE,
  };
}
