import { describe, expect, test } from '@jest/globals';
import { readDeployment } from '../../lib/config/deployment.ts';
import type { DeploymentSource } from '../../lib/config/source.ts';
import { readCdkJson } from './support/cdkJson.ts';
import { fargate } from './support/fargate.ts';

const { context } = readCdkJson();

function read(environment: DeploymentSource['environment'], overrides: Record<string, unknown> = {}) {
  const all = { ...context, ...overrides };
  return readDeployment({ context: key => all[key], environment });
}

/** The dev stage of `cdk.json` with changed container settings. */
function withContainer(changed: Record<string, unknown>) {
  const { container, ...rest } = Object(Object(context['stages']).dev);
  return { stages: { dev: { ...rest, container: { ...container, ...changed } } } };
}

describe('the compute of the HTTP API', () => {
  test('is Lambda by default', () => {
    expect(read({}).compute).toEqual({ kind: 'lambda' });
    expect(read({ ...fargate, COMPUTE: 'lambda' }).compute).toEqual({ kind: 'lambda' });
    expect(read({ COMPUTE: '' }).compute).toEqual({ kind: 'lambda' });
  });

  test("is Fargate when COMPUTE or the context says so, with the certificate and the API's host name", () => {
    const compute = {
      kind: 'fargate',
      certificateArn: fargate.CERTIFICATE_ARN,
      domain: fargate.API_DOMAIN,
    };
    expect(read(fargate).compute).toEqual(compute);
    expect(read({ ...fargate, COMPUTE: 'lambda' }, { compute: 'fargate' }).compute).toEqual(compute);
  });

  const certificate =
    'CERTIFICATE_ARN: with COMPUTE=fargate, must be the ARN of an ACM certificate for the load balancer';
  const domain =
    'API_DOMAIN: with COMPUTE=fargate, must be a domain name of the certificate, such as "api.example.com"';
  const iamCertificate = 'arn:aws:iam::123456789012:server-certificate/old';
  test.each<[string, Record<string, string | undefined>, string]>([
    ['another value', { COMPUTE: 'ecs' }, 'compute: must be lambda or fargate (got "ecs")'],
    ['no certificate', { CERTIFICATE_ARN: undefined }, `${certificate} (got nothing)`],
    ['an IAM certificate', { CERTIFICATE_ARN: iamCertificate }, `${certificate} (got "${iamCertificate}")`],
    [
      'a certificate of another Region',
      { CDK_DEFAULT_REGION: 'eu-west-1' },
      'CERTIFICATE_ARN: must be a certificate in eu-west-1, the Region of the deployment (got one in ' +
        'us-west-2)',
    ],
    ['no host name', { API_DOMAIN: '' }, `${domain} (got "")`],
    [
      'a URL instead of a host name',
      { API_DOMAIN: 'https://a.example' },
      `${domain} (got "https://a.example")`,
    ],
    ['a host name without a dot', { API_DOMAIN: 'localhost' }, `${domain} (got "localhost")`],
  ])('is refused, with the name of the setting: %s', (_, changed, message) => {
    expect(() => read({ ...fargate, ...changed })).toThrow(message);
  });
});

describe('the settings of the container', () => {
  const place = 'stages.dev.container';
  test.each<[Record<string, unknown>, string]>([
    [{ cpu: 300 }, `${place}.cpu: must be one of 512, 1024, 2048, 4096 (got 300)`],
    [{ cpu: 256 }, `${place}.cpu: must be one of 512, 1024, 2048, 4096 (got 256)`],
    [
      { cpu: 1024, memoryMb: 1024 },
      `${place}.memoryMb: must be 2048 to 8192 in steps of 1024 with a cpu of 1024 (got 1024)`,
    ],
    [
      { cpu: 1024, memoryMb: 2500 },
      `${place}.memoryMb: must be 2048 to 8192 in steps of 1024 with a cpu of 1024 (got 2500)`,
    ],
    [{ minTasks: 0 }, `${place}.minTasks: must be a whole number of tasks from 1 to 1000 (got 0)`],
    [{ minTasks: 3, maxTasks: 2 }, `${place}.maxTasks: must be at least minTasks, 3 (got 2)`],
    [
      { targetCpuPercent: 95 },
      `${place}.targetCpuPercent: must be a whole number of percent from 10 to 90 (got 95)`,
    ],
    [
      { scaleInCooldownSeconds: '300' },
      `${place}.scaleInCooldownSeconds: must be a whole number of seconds from 0 to 3600 (got "300")`,
    ],
    [
      { tasks: 3 },
      `${place}.tasks: is not a setting; the settings are cpu, memoryMb, minTasks, maxTasks, ` +
        'targetCpuPercent, scaleOutCooldownSeconds, scaleInCooldownSeconds',
    ],
  ])('%j is refused', (changed, message) => {
    expect(() => read({}, withContainer(changed))).toThrow(message);
  });

  test('accept the smallest values, with equal minimum and maximum tasks', () => {
    const { settings } = read({}, withContainer({ cpu: 512, memoryMb: 1024, minTasks: 1, maxTasks: 1 }));
    expect(settings.container).toMatchObject({ cpu: 512, memoryMb: 1024, minTasks: 1, maxTasks: 1 });
  });

  test('are required', () => {
    const stages = { dev: { ...Object(Object(context['stages']).dev), container: undefined } };
    expect(() => read({}, { stages })).toThrow(
      `${place}: must be the settings of the container (got nothing)`,
    );
  });
});
