import { describe, expect, test } from '@jest/globals';
import { physicalName } from '../../local/physicalNames.ts';
import { readSettings } from '../../local/settings.ts';
import { applyLocalEndpoint } from '../../model/localEndpoint.ts';
import { tableNames } from '../../model/tables.ts';
import { readPort } from '../../model/variables.ts';

describe('the settings of the local stack', () => {
  test('have defaults', () => {
    expect(readSettings({})).toEqual({
      stackName: 'UGC-dev',
      region: 'us-west-2',
      apiPort: 3000,
      awsPort: 4566,
      partnerFollowers: 3,
      isSimulated: true,
      databaseFile: undefined,
      dynamodbEndpoint: undefined,
    });
  });

  test('are read from the environment', () => {
    const ports = { PORT: '0', AWS_PORT: '5000' };
    const chosen = {
      STACK: 'Mine',
      AWS_REGION: 'eu-west-1',
      DB: 'local.db',
      PARTNER_FOLLOWERS: '1',
      SIMULATION: '0',
      ...ports,
    };
    expect(readSettings(chosen)).toMatchObject({
      stackName: 'Mine',
      region: 'eu-west-1',
      apiPort: 0,
      awsPort: 5000,
      partnerFollowers: 1,
      isSimulated: false,
      databaseFile: 'local.db',
    });
  });

  test.each([
    [{ PORT: 'http' }, 'PORT must be a port from 0 to 65535 (got "http")'],
    [{ AWS_PORT: '65536' }, 'AWS_PORT must be a port from 0 to 65535 (got "65536")'],
    [{ PORT: '-1' }, 'PORT must be'],
    [{ SIMULATION: 'no' }, 'SIMULATION must be 1 or 0 (got "no")'],
    [{ PARTNER_FOLLOWERS: '0' }, 'PARTNER_FOLLOWERS must be a whole number from 1 to 999999999 (got "0")'],
    [
      { PARTNER_FOLLOWERS: 'many' },
      'PARTNER_FOLLOWERS must be a whole number from 1 to 999999999 (got "many")',
    ],
    [
      { DYNAMODB_ENDPOINT: 'localhost:8000' },
      'DYNAMODB_ENDPOINT must be an http or https URL (got "localhost:8000")',
    ],
    [{ DYNAMODB_ENDPOINT: 'http://localhost:8000', DB: 'x' }, 'Set only one of them'],
  ])('are refused by name: %j', (environment, message) => {
    expect(() => readSettings(environment)).toThrow(message);
  });

  test('accept port 0 for any free port', () => {
    expect(readPort({ PORT: '0' }, 'PORT', 1)).toBe(0);
  });
});

describe('LOCAL=1', () => {
  test('points the SDK at the local stack, whatever its variables said before', () => {
    const environment: NodeJS.ProcessEnv = {
      LOCAL: '1',
      AWS_PORT: '5000',
      AWS_PROFILE: 'work',
      AWS_ACCESS_KEY_ID: 'real',
      AWS_SESSION_TOKEN: 'real',
      AWS_ENDPOINT_URL_DYNAMODB: 'https://elsewhere.example',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
      AWS_CONFIG_FILE: '/home/me/.aws/config',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/',
      AWS_SOMETHING_NEW: 'true',
      NO_PROXY: 'example.com',
    };
    applyLocalEndpoint(environment);
    expect(environment).toEqual({
      LOCAL: '1',
      AWS_PORT: '5000',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:5000',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-west-2',
      AWS_USE_FIPS_ENDPOINT: 'false',
      AWS_USE_DUALSTACK_ENDPOINT: 'false',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      NO_PROXY: 'example.com,localhost,127.0.0.1,::1',
    });
  });

  test.each(['NO_PROXY', 'no_proxy'])('keeps loopback requests off proxies, with %s set', name => {
    const environment: NodeJS.ProcessEnv = { LOCAL: '1', [name]: 'example.com' };
    applyLocalEndpoint(environment);
    applyLocalEndpoint(environment);
    expect(environment['NO_PROXY']).toBe('example.com,localhost,127.0.0.1,::1');
  });

  test('keeps the Region', () => {
    const environment: NodeJS.ProcessEnv = { LOCAL: '1', AWS_REGION: 'eu-west-1' };
    applyLocalEndpoint(environment);
    expect(environment['AWS_REGION']).toBe('eu-west-1');
  });

  test('is ignored when LOCAL has another value', () => {
    const environment: NodeJS.ProcessEnv = { LOCAL: '0', AWS_PROFILE: 'work' };
    applyLocalEndpoint(environment);
    expect(environment).toEqual({ LOCAL: '0', AWS_PROFILE: 'work' });
  });
});

describe('physical table names', () => {
  test('are valid in DynamoDB, unique per table, and the same on every start', () => {
    const names = tableNames.map(name => physicalName('UGC-dev', name));
    expect(new Set(names).size).toBe(tableNames.length);
    for (const name of names) expect(name).toMatch(/^UGC-dev-[A-Za-z]+Table-[0-9A-F]{12}$/);
    expect(tableNames.map(name => physicalName('UGC-dev', name))).toEqual(names);
    expect(physicalName('UGC-qa', 'users')).not.toBe(physicalName('UGC-dev', 'users'));
  });
});
