import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { z } from 'zod';
import { containerSeconds } from '../../model/container.ts';
import { functionSpecs, resourceFunctions } from '../../model/functions.ts';
import { tableVariable } from '../../model/tableVariable.ts';
import { readCdkJson } from './support/cdkJson.ts';
import { fargate } from './support/fargate.ts';
import { type DeployedFunction, functionOf, functionsOf, type Statement } from './support/functions.ts';
import { resolve, resolveString } from './support/resolve.ts';
import { getAtt, onlyResource, onlyResourceIn, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf('fargate');
const withFunctions = templateOf('dev');
const { container: settings } = Object(Object(readCdkJson().context['stages']).dev);
const typesOf = (found: typeof template) => Object.values(found.Resources).map(({ Type }) => Type);

const definition = onlyResource(template, 'AWS::ECS::TaskDefinition').Properties;
const named = z.array(z.object({ Name: z.string(), Value: z.unknown() }));
const [container, ...others] = z
  .array(
    z.looseObject({
      Environment: named,
      LogConfiguration: z.looseObject({ Options: z.looseObject({}) }),
      LinuxParameters: z.looseObject({}),
    }),
  )
  .parse(definition['ContainerDefinitions']);
if (container === undefined || others.length > 0) throw new Error('not exactly one container');
const environment = new Map(container.Environment.map(({ Name, Value }) => [Name, Value]));

/** The statements of a task's roles, by role. */
function statementsOf(role: 'TaskRoleArn' | 'ExecutionRoleArn'): Statement[] {
  const arn = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }).parse(definition[role]);
  const [logicalId] = arn['Fn::GetAtt'];
  // CDK puts the statements for which an inline policy has no room into a managed policy.
  const all = (['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'] as const).flatMap(type =>
    resourcesOf(template, type),
  );
  const policies = all.filter(({ Properties }) =>
    JSON.stringify(Properties['Roles']).includes(`"${logicalId}"`),
  );
  return policies.flatMap(({ Properties }) => {
    const { Statement: statements } = Object(resolve(template, Properties['PolicyDocument']));
    return statements.map((one: { Action: string | string[]; Resource: string | string[] }) => ({
      ...one,
      Action: [one.Action].flat(),
      Resource: [one.Resource].flat(),
    }));
  });
}

/** Each permission as one line: action, resource and condition. */
const allowed = (statements: readonly Statement[]) =>
  new Set(
    statements.flatMap(({ Action, Resource, Condition }) =>
      Action.flatMap(action =>
        Resource.map(resource => `${action} ${resource} ${JSON.stringify(Condition ?? {})}`),
      ),
    ),
  );

describe('the default stack', () => {
  test('has no network, no load balancer, no container and no image', () => {
    const types = typesOf(withFunctions).filter(type =>
      /^AWS::(EC2|ECS|ECR|ElasticLoadBalancing|ApplicationAutoScaling)/.test(type),
    );
    expect(types).toEqual([]);
  });
});

describe('the stack with COMPUTE=fargate', () => {
  test('has no API Gateway and no API functions, and all other functions', () => {
    expect(typesOf(template).filter(type => type.startsWith('AWS::ApiGateway'))).toEqual([]);
    const services = functionsOf(template).map(({ service }) => service);
    const kept = Object.keys(functionSpecs).filter(service => !(service in resourceFunctions));
    expect(services.sort()).toEqual(kept.sort());
  });

  test('has the same tables and secrets, so that a stack can change in both directions', () => {
    for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::SecretsManager::Secret'])
      expect(resourcesOf(template, type)).toEqual(resourcesOf(withFunctions, type));
  });

  test('has outputs for the URL of the API and for the target of its DNS name', () => {
    expect(template.Outputs['ApiUrl']?.Value).toBe(`https://${fargate.API_DOMAIN}`);
    const balancer = onlyResource(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').logicalId;
    const values = Object.values(template.Outputs).map(({ Value }) => JSON.stringify(Value));
    expect(values).toContain(JSON.stringify(getAtt(balancer, 'DNSName')));
  });

  test('has no CloudWatch alarm on the service, because Application Auto Scaling makes its own', () => {
    const onService = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(({ Properties }) =>
      /AWS\/ECS/.test(JSON.stringify(Properties)),
    );
    expect(onService).toEqual([]);
  });
});

describe('the task', () => {
  test('runs on arm64, with the CPU and memory of the stage', () => {
    expect(definition).toMatchObject({
      RequiresCompatibilities: ['FARGATE'],
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      Cpu: String(settings.cpu),
      Memory: String(settings.memoryMb),
    });
  });

  test('does not run as root, drops all capabilities, and has a read-only file system', () => {
    expect(container).toMatchObject({
      User: 'node',
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
    });
    expect(container).not.toHaveProperty('Privileged');
  });

  test('has enough time to stop before it is killed', () => {
    expect(container).toMatchObject({ StopTimeout: containerSeconds.stop });
    const { answer, grace, stop, balancerIdle, keepAlive } = containerSeconds;
    expect([answer, grace, stop, balancerIdle, keepAlive]).toEqual(
      [answer, grace, stop, balancerIdle, keepAlive].toSorted((one, other) => one - other),
    );
    const answering = Object.keys(resourceFunctions).map(service =>
      functionOf(functionsOf(withFunctions), service),
    );
    expect(Math.max(...answering.map(({ Timeout }) => Timeout))).toBe(answer);
  });

  test('logs to a group with the retention of the stage, and never blocks on logging', () => {
    const { LogConfiguration } = container;
    const { logicalId, Properties } = onlyResourceIn(template, 'ContainerService', 'AWS::Logs::LogGroup');
    expect(LogConfiguration).toMatchObject({
      LogDriver: 'awslogs',
      Options: { 'awslogs-group': { Ref: logicalId }, mode: 'non-blocking' },
    });
    expect(Properties['RetentionInDays']).toBe(7);
  });

  test("has the environment of the API's functions, and knows that a load balancer is in front of it", () => {
    const functions = functionsOf(withFunctions).filter(({ service }) => service in resourceFunctions);
    const told = new Map<string, string>(
      functions.flatMap(({ Environment }) => Object.entries(Environment.Variables)),
    );
    told.set('POWERTOOLS_SERVICE_NAME', 'api');
    told.set('BEHIND_LOAD_BALANCER', 'true');
    told.set('AWS_REGION', 'us-west-2');
    const given = [...environment].map(([name, value]) => [name, resolveString(template, value)]);
    expect(Object.fromEntries(given)).toEqual(Object.fromEntries(told));
    expect(environment.has(tableVariable('chatMessages'))).toBe(true);
  });

  test("has the permissions of the API's functions together, and no others", () => {
    const functions: DeployedFunction[] = functionsOf(withFunctions).filter(
      ({ service }) => service in resourceFunctions,
    );
    const together = functions.flatMap(({ statements }) => statements);
    const withoutLogs = [...allowed(together)].filter(text => !text.startsWith('logs:'));
    expect([...allowed(statementsOf('TaskRoleArn'))].sort()).toEqual(withoutLogs.sort());
  });

  test('is started by a role that may pull its image, write its log, and nothing else', () => {
    const permissions = [...allowed(statementsOf('ExecutionRoleArn'))].map(text => text.split(' '));
    expect(permissions.map(([action]) => action).sort()).toEqual([
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetAuthorizationToken',
      'ecr:GetDownloadUrlForLayer',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
    // The action that gets a registry token has no resource.
    const everywhere = permissions.filter(([, resource]) => resource === '*');
    expect(everywhere.map(([action]) => action)).toEqual(['ecr:GetAuthorizationToken']);
  });
});

describe('the service', () => {
  const service = onlyResource(template, 'AWS::ECS::Service').Properties;

  test('replaces its tasks one after the other, and rolls back when the new ones fail', () => {
    expect(service).toMatchObject({
      DeploymentConfiguration: {
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
      },
    });
    // Each deployment would reset the number of tasks to it.
    expect(service).not.toHaveProperty('DesiredCount');
  });

  test('scales to its CPU target, between the limits of the stage', () => {
    const target = onlyResource(template, 'AWS::ApplicationAutoScaling::ScalableTarget').Properties;
    expect(target).toMatchObject({
      MinCapacity: settings.minTasks,
      MaxCapacity: settings.maxTasks,
      ScalableDimension: 'ecs:service:DesiredCount',
    });
    const policy = onlyResource(template, 'AWS::ApplicationAutoScaling::ScalingPolicy').Properties;
    expect(policy).toMatchObject({
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        TargetValue: settings.targetCpuPercent,
        ScaleOutCooldown: settings.scaleOutCooldownSeconds,
        ScaleInCooldown: settings.scaleInCooldownSeconds,
      },
    });
  });
});

describe('the load balancer', () => {
  test('listens on port 443 only, with the certificate, for TLS 1.2 or later', () => {
    expect(onlyResource(template, 'AWS::ElasticLoadBalancingV2::Listener').Properties).toMatchObject({
      Port: 443,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: fargate.CERTIFICATE_ARN }],
      SslPolicy: expect.stringMatching(/^ELBSecurityPolicy-TLS13-1-[23]-/),
    });
  });

  const attributes = (type: string, key: string) => {
    const list = z
      .array(z.object({ Key: z.string(), Value: z.string() }))
      .parse(onlyResource(template, type).Properties[key]);
    return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
  };

  test('closes idle connections before the container does, and drops invalid headers', () => {
    const found = attributes('AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerAttributes');
    expect(found).toMatchObject({
      'idle_timeout.timeout_seconds': String(containerSeconds.balancerIdle),
      'routing.http.drop_invalid_header_fields.enabled': 'true',
    });
    // With the defaults, the load balancer appends the client's address to X-Forwarded-For, without a port.
    expect(found).not.toHaveProperty('routing.http.xff_header_processing.mode');
    expect(found).not.toHaveProperty('routing.http.xff_client_port.enabled');
  });

  test('checks the health path, and gives requests in progress more time than an answer takes', () => {
    expect(onlyResource(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      HealthCheckPath: '/v1/health',
      Port: 8080,
      Protocol: 'HTTP',
      TargetType: 'ip',
    });
    const found = attributes('AWS::ElasticLoadBalancingV2::TargetGroup', 'TargetGroupAttributes');
    const delay = Number(found['deregistration_delay.timeout_seconds']);
    expect(delay).toBeGreaterThan(containerSeconds.answer);
  });
});

describe('the network', () => {
  test('has two zones, reaches DynamoDB and S3 through endpoints, and has no NAT gateway', () => {
    expect(resourcesOf(template, 'AWS::EC2::Subnet')).toHaveLength(2);
    expect(resourcesOf(template, 'AWS::EC2::NatGateway')).toEqual([]);
    const endpoints = resourcesOf(template, 'AWS::EC2::VPCEndpoint').map(
      ({ Properties }) =>
        `${Properties['VpcEndpointType']} ${resolveString(template, Properties['ServiceName'])}`,
    );
    expect(endpoints.sort()).toEqual([
      'Gateway com.amazonaws.us-west-2.dynamodb',
      'Gateway com.amazonaws.us-west-2.s3',
    ]);
  });

  test('allows traffic to the load balancer on 443, from there to the tasks on 8080, and nothing else', () => {
    const inline = resourcesOf(template, 'AWS::EC2::SecurityGroup').flatMap(({ logicalId, Properties }) =>
      z
        .array(z.looseObject({}))
        .default([])
        .parse(Properties['SecurityGroupIngress'])
        .map(rule => ({ logicalId, ...rule })),
    );
    expect(inline).toEqual([
      expect.objectContaining({
        logicalId: expect.stringContaining('Balancers'),
        CidrIp: '0.0.0.0/0',
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
      }),
    ]);
    const [balancers = ''] = inline.map(({ logicalId }) => logicalId);
    const between = onlyResource(template, 'AWS::EC2::SecurityGroupIngress').Properties;
    expect(between).toMatchObject({
      SourceSecurityGroupId: getAtt(balancers, 'GroupId'),
      IpProtocol: 'tcp',
      FromPort: 8080,
      ToPort: 8080,
    });
    // Without a NAT gateway, a task without a public address could not pull its image.
    expect(onlyResource(template, 'AWS::ECS::Service').Properties['NetworkConfiguration']).toMatchObject({
      AwsvpcConfiguration: { AssignPublicIp: 'ENABLED', SecurityGroups: [between['GroupId']] },
    });
  });
});

/** Whether `.dockerignore` excludes a file. The last pattern that matches decides. */
function isIgnored(file: string): boolean {
  const lines = readFileSync('lambdas/api/container/Dockerfile.dockerignore', 'utf8')
    .split('\n')
    .filter(Boolean);
  const speaks = (pattern: string) =>
    pattern.endsWith('*') ? file.startsWith(pattern.slice(0, -1)) : `${file}/`.startsWith(`${pattern}/`);
  return lines.findLast(line => speaks(line.replace(/^!/, '')))?.startsWith('!') !== true;
}

describe('the image', () => {
  const dockerfile = readFileSync('lambdas/api/container/Dockerfile', 'utf8');
  const instructions = (name: string) =>
    [...dockerfile.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, rest = '']) => rest);

  test('has the Node version of the functions', () => {
    const major = readFileSync('.nvmrc', 'utf8').trim();
    const [build = '', final = ''] = instructions('FROM');
    expect([build, final]).toEqual([
      expect.stringMatching(`node:${major}-slim AS build$`),
      `node:${major}-slim`,
    ]);
    expect(functionsOf(template)[0]?.Runtime).toBe(`nodejs${major}.x`);
  });

  test('is built from all files that its code imports, and no other', async () => {
    const { metafile } = await build({
      entryPoints: ['lambdas/api/container/server.ts', 'lib/bundling/bundleCommand.ts'],
      bundle: true,
      write: false,
      metafile: true,
      outdir: 'out',
      platform: 'node',
      packages: 'external',
    });
    const needed = [...Object.keys(metafile.inputs), 'package.json', 'package-lock.json', '.npmrc'];
    expect(needed.filter(isIgnored)).toEqual([]);
    const strangers = [
      'node_modules/zod/index.js',
      'test/api/live.ts',
      'lib/ugcStack.ts',
      '.git/config',
      'seed.json',
    ];
    expect(strangers.filter(file => !isIgnored(file))).toEqual([]);
  });

  test('installs what the lock file lists, without install scripts', () => {
    expect(instructions('RUN')[0]).toBe('npm ci --ignore-scripts');
  });

  test('has only the bundle, runs it with Node as a user without root, and checks its health', () => {
    const [, final = ''] = dockerfile.split(/^FROM node.*$/m);
    expect(final).not.toMatch(/^RUN /m);
    expect(final.match(/^COPY .*$/gm)).toEqual([
      'COPY --from=build /out/lambdas/api/container/server/index.mjs ./',
    ]);
    expect(instructions('USER')).toEqual(['node']);
    expect(instructions('CMD')).toEqual(['["node", "index.mjs"]']);
    expect(instructions('HEALTHCHECK')).toEqual([expect.stringContaining('/v1/health')]);
  });
});
