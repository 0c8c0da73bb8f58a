import { readFlag, readPort, readRegion, stackNameOf } from './variables.ts';

/** The default ports of local mode. */
export const localPorts = { api: 3000, aws: 4566 } as const;

/** Returns the playback URL of a channel of the local stack whose HTTP API is at `apiUrl`. */
export const localPlaybackUrl = (apiUrl: string, channelId: string) =>
  `${apiUrl}${LOCAL_PLAYBACK_PATH}/${channelId}/master.m3u8`;

/** The path of the HTTP API of local mode that replaces the CDN of IVS. */
export const LOCAL_PLAYBACK_PATH = '/_local/hls';

/** The account and the Region of local mode. No real account has this number. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-west-2';

/**
 * Makes every AWS SDK client that is created afterwards use the local stack when `LOCAL=1`; otherwise does
 * nothing. Sets the endpoint (from `AWS_PORT`), dummy credentials and, unless a Region is set, a Region in
 * `environment`.
 *
 * @throws VariableError when `LOCAL` is not 0 or 1, or `AWS_PORT` is not a port.
 */
export function applyLocalEndpoint(environment: NodeJS.ProcessEnv): void {
  if (!readFlag(environment, 'LOCAL')) return;
  const port = readPort(environment, 'AWS_PORT', localPorts.aws);
  const local = localClientEnvironment(`http://127.0.0.1:${port}`);
  Object.assign(environment, local);
  environment['AWS_REGION'] ||= LOCAL_REGION;
  // An allow-list, because all other variables are meant for AWS: profiles, endpoints of single services,
  // FIPS, dual-stack, container credentials, and variables that AWS may add.
  const allowed = new Set([...Object.keys(local), 'AWS_PORT', 'AWS_REGION', 'AWS_EC2_METADATA_DISABLED']);
  for (const name of Object.keys(environment)) {
    if (name.startsWith('AWS_') && !name.startsWith('AWS_SDK_') && !allowed.has(name))
      delete environment[name];
  }
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const others = environment[name] || environment['no_proxy'] || environment['NO_PROXY'];
    if (others?.split(',').includes('127.0.0.1')) continue;
    environment[name] = [...(others ? [others] : []), 'localhost', '127.0.0.1', '::1'].join(',');
  }
}

/**
 * Returns the name of the stack that a command works on, and makes the AWS SDK clients that are created
 * afterwards find it: on AWS or, with `LOCAL=1`, on this machine. Reads `STACK`, `STAGE`, `LOCAL`, `AWS_PORT`
 * and `AWS_REGION`.
 *
 * @throws VariableError when one of these variables has a value that is not allowed.
 */
export function targetStack(environment: NodeJS.ProcessEnv): string {
  const stack = stackNameOf(environment);
  readRegion(environment);
  applyLocalEndpoint(environment);
  return stack;
}

const NO_FILE = '/dev/null';

/** Returns the variables that make an AWS SDK or the AWS CLI use the local stack, without the Region. */
function localClientEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    // If this were true, a command for the local stack would go to AWS.
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    // The environment overrides the user's AWS configuration files, which may contain settings for AWS.
    AWS_USE_FIPS_ENDPOINT: 'false',
    AWS_USE_DUALSTACK_ENDPOINT: 'false',
    AWS_CONFIG_FILE: NO_FILE,
    AWS_SHARED_CREDENTIALS_FILE: NO_FILE,
  };
}
