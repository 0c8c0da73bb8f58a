import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { onlyResource, resourcesOf } from './support/template.ts';
import { synthesizedOf, templateOf, variants } from './support/templateOf.ts';

const statement = z.object({
  Effect: z.string(),
  Action: z.unknown(),
  Resource: z.unknown().optional(),
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
});
type Statement = z.infer<typeof statement>;

/** Every statement in a value of the template, however deep it stands. */
function statementsIn(value: unknown): Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  const { data } = statement.safeParse(value);
  return data !== undefined ? [data] : Object.values(value).flatMap(statementsIn);
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** What may be allowed on every resource, with the reason. */
const unnameable = [
  // ECR gives its sign-in token for a whole registry.
  'ecr:GetAuthorizationToken',
  // Traces belong to no resource.
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
];

/** What data and its traces are in: in `prod` all of it outlives the stack. */
const stateful = new Set([
  'AWS::DynamoDB::GlobalTable',
  'AWS::S3::Bucket',
  'AWS::Logs::LogGroup',
  'AWS::IVS::RecordingConfiguration',
  'AWS::IVSChat::LoggingConfiguration',
]);

describe.each(variants)('in %s', variant => {
  const { template } = synthesizedOf(variant);
  const { Resources } = template;
  const all = Object.entries(Resources).map(([logicalId, found]) => ({ logicalId, ...found }));
  const ofType = (type: string) => resourcesOf(template, type);

  test('no policy names every resource, but for actions that know none', () => {
    const policies = ofType('AWS::IAM::Policy');
    expect(policies.length).toBeGreaterThan(0);
    const onEverything = policies
      .flatMap(({ Properties }) => statementsIn(Properties))
      .filter(({ Resource }) => listed(Resource).includes('*'))
      .flatMap(({ Action }) => listed(Action));
    expect(onEverything.filter(action => !unnameable.some(known => known === action))).toEqual([]);
  });

  test('nobody is allowed anything without being named', () => {
    const open = all
      .flatMap(({ Properties }) => statementsIn(Properties))
      .filter(
        ({ Effect, Principal }) =>
          Effect === 'Allow' && /^("\*"|\{"AWS":"\*"\})$/.test(JSON.stringify(Principal ?? null)),
      );
    expect(open).toEqual([]);
  });

  test('the only ways in are the API and the recordings', () => {
    const doors = new Map([
      ['AWS::ApiGatewayV2::Api', variant === 'fargate' ? 0 : 1],
      ['AWS::ElasticLoadBalancingV2::LoadBalancer', variant === 'fargate' ? 1 : 0],
      ['AWS::CloudFront::Distribution', 1],
      ['AWS::Lambda::Url', 0],
      ['AWS::ApiGateway::RestApi', 0],
      ['AWS::AppSync::GraphQLApi', 0],
      ['AWS::EC2::Instance', 0],
    ]);
    for (const [type, count] of doors) expect([type, ofType(type).length]).toEqual([type, count]);
    const fromAnywhere = ofType('AWS::EC2::SecurityGroup')
      .flatMap(({ Properties }) => listed(Properties['SecurityGroupIngress'] ?? []))
      .filter(rule => /0\.0\.0\.0\/0|::\/0/.test(JSON.stringify(rule)));
    expect(fromAnywhere).toEqual(
      variant === 'fargate' ? [expect.objectContaining({ FromPort: 443, ToPort: 443 })] : [],
    );
  });

  test('a service may call a function for one resource or account of its own, not for anybody', () => {
    const permissions = ofType('AWS::Lambda::Permission');
    expect(permissions.length).toBeGreaterThan(0);
    for (const { Properties } of permissions) {
      expect(Properties['Principal']).toMatch(/^[a-z]+\.amazonaws\.com$/);
      expect(Properties['SourceArn'] ?? Properties['SourceAccount']).toBeDefined();
    }
  });

  test('what is called asynchronously keeps what fails for 14 days, or runs again anyway', () => {
    const queues = new Map(
      ofType('AWS::SQS::Queue').map(({ logicalId, Properties }) => [logicalId, Properties]),
    );
    const invoked = ofType('AWS::Lambda::EventInvokeConfig').map(({ Properties }) => ({
      fn: String(Object(Properties['FunctionName']).Ref),
      queue: Object(Object(Object(Properties['DestinationConfig']).OnFailure).Destination)['Fn::GetAtt']?.[0],
    }));
    const asynchronous = ofType('AWS::Lambda::Permission')
      .filter(({ Properties }) => /^(events|logs)\./.test(String(Properties['Principal'])))
      .map(({ Properties }) => String(Object(Properties['FunctionName'])['Fn::GetAtt']?.[0]));
    expect(asynchronous.length).toBeGreaterThanOrEqual(5);
    const unkept = asynchronous.filter(fn => {
      const queue = queues.get(invoked.find(found => found.fn === fn)?.queue);
      return queue?.['MessageRetentionPeriod'] !== 14 * 86_400;
    });
    // Each run starts from what is true then, and does what the one before did not.
    expect(unkept.map(fn => fn.replace(/Run.*/, '')).sort()).toEqual([
      'SchedulesPendingWork',
      'SchedulesReconciliation',
      'SchedulesResourceSweep',
    ]);
  });

  // DynamoDB, CloudWatch Logs and Secrets Manager encrypt whatever they keep, and cannot be told not to.
  test.each([
    ['AWS::S3::Bucket', 'BucketEncryption'],
    ['AWS::SQS::Queue', 'SqsManagedSseEnabled'],
    ['AWS::SNS::Topic', 'KmsMasterKeyId'],
  ])('each %s is encrypted', (type, property) => {
    expect(ofType(type).length).toBeGreaterThan(0);
    for (const { Properties } of ofType(type)) expect(Properties[property]).toBeTruthy();
  });

  test('buckets, queues and topics refuse what does not come over TLS, and CloudFront answers nothing else', () => {
    const refusing = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap(
      ofType,
    );
    const policed = ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic'].flatMap(ofType);
    expect(refusing).toHaveLength(policed.length);
    for (const { Properties } of refusing)
      expect(statementsIn(Properties)).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    const cdn = JSON.stringify(onlyResource(template, 'AWS::CloudFront::Distribution').Properties);
    expect(
      new Set([...cdn.matchAll(/"ViewerProtocolPolicy":"([a-z-]+)"/g)].map(([, policy]) => policy)),
    ).toEqual(new Set(['https-only']));
  });

  test('nothing has a name of its own that another stack could have', () => {
    const naming = all.flatMap(({ logicalId, Type, Properties }) =>
      Object.entries(Properties)
        .filter(([key, value]) => /Name$/.test(key) && typeof value === 'string')
        .map(([key, value]) => `${Type} ${logicalId} ${key} ${String(value)}`),
    );
    // APIs are told apart by their ids; policies belong to their roles; these others name what is another's.
    const harmless =
      /^AWS::(ApiGatewayV2::(Api|Stage)|IAM::Policy|CloudWatch::Alarm \w+ MetricName|ECS::\w+|EC2::VPCEndpoint|ApplicationAutoScaling::\w+)/;
    expect(naming.filter(text => !harmless.test(text))).toEqual([]);
  });

  test('no output and no variable of a function is a secret', () => {
    const exposed = JSON.stringify([
      template.Outputs,
      ofType('AWS::Lambda::Function').map(({ Properties }) => Properties['Environment']),
      ofType('AWS::ECS::TaskDefinition').map(({ Properties }) => Properties),
    ]);
    expect(exposed).not.toMatch(
      /resolve:secretsmanager|SecretString|AKIA[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY/,
    );
  });
});

test.each(['dev', 'prod', 'extras'] as const)(
  '%s has no network and nothing that is paid for by the hour',
  variant => {
    const types = new Set(Object.values(templateOf(variant).Resources).map(({ Type }) => Type));
    expect(
      [...types].filter(type => /^AWS::(EC2|ECS|ElasticLoadBalancing\w*|RDS|ElastiCache)::/.test(type)),
    ).toEqual([]);
  },
);

test('what holds data outlives the stack in prod, and goes with it in dev', () => {
  const policiesOf = (variant: 'dev' | 'prod') =>
    Object.values(templateOf(variant).Resources)
      .filter(({ Type }) => stateful.has(Type))
      .map(({ DeletionPolicy }) => DeletionPolicy);
  expect(policiesOf('prod').length).toBeGreaterThan(stateful.size);
  expect(new Set(policiesOf('prod'))).toEqual(new Set(['Retain']));
  expect(new Set(policiesOf('dev'))).toEqual(new Set(['Delete']));
});

test('a stack beside another of the same settings differs from it in nothing but the names', () => {
  // The template of `extras` is of two stacks in one app.
  const { template } = synthesizedOf('extras');
  expect(Object.keys(template.Resources).length).toBeGreaterThan(200);
  expect(JSON.stringify(template)).not.toMatch(/Beside|UGC-dev|Fn::ImportValue/);
  for (const output of Object.values(template.Outputs)) expect(output.Export).toBeUndefined();
});

test('with tracing every function sends traces, and else none does', () => {
  const tracing = (variant: 'dev' | 'extras') =>
    resourcesOf(templateOf(variant), 'AWS::Lambda::Function').flatMap(
      ({ Properties }) => Properties['TracingConfig'] ?? [],
    );
  expect(tracing('dev')).toEqual([]);
  expect(tracing('extras').length).toBeGreaterThan(10);
});
