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

/** Every statement in a value of the template, at any depth. */
function statementsIn(value: unknown): Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  const { data } = statement.safeParse(value);
  return data !== undefined ? [data] : Object.values(value).flatMap(statementsIn);
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** The actions that may be allowed on every resource, with the reason. */
const unnameable = [
  // A token of ECR is for a whole registry.
  'ecr:GetAuthorizationToken',
  // A list of streams has no resource.
  'dynamodb:ListStreams',
  // Metrics have no resource.
  'cloudwatch:GetMetricData',
  // Traces have no resource.
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
];

/** The resource types that hold data and logs. In `prod` they are all retained. */
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

  test('no policy covers every resource, except for actions that have no resource type', () => {
    const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap(ofType);
    expect(policies.length).toBeGreaterThan(0);
    const onEverything = policies
      .flatMap(({ Properties }) => statementsIn(Properties))
      .filter(({ Resource }) => listed(Resource).includes('*'))
      .flatMap(({ Action }) => listed(Action));
    expect(onEverything.filter(action => !unnameable.some(known => known === action))).toEqual([]);
  });

  test('no policy allows a principal that is not named', () => {
    const open = all
      .flatMap(({ Properties }) => statementsIn(Properties))
      .filter(
        ({ Effect, Principal }) =>
          Effect === 'Allow' && /^("\*"|\{"AWS":"\*"\})$/.test(JSON.stringify(Principal ?? null)),
      );
    expect(open).toEqual([]);
  });

  test('only the API and the CDN can be reached from outside', () => {
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

  test('a service may call a function for a named resource or for this account only', () => {
    const permissions = ofType('AWS::Lambda::Permission');
    expect(permissions.length).toBeGreaterThan(0);
    for (const { Properties } of permissions) {
      expect(Properties['Principal']).toMatch(/^[a-z]+\.amazonaws\.com$/);
      expect(Properties['SourceArn'] ?? Properties['SourceAccount']).toBeDefined();
    }
  });

  test('a function that is called asynchronously keeps failed events for 14 days, unless it is scheduled', () => {
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
    // A later run of a schedule does the work that a failed run left.
    expect(unkept.map(fn => fn.replace(/Run.*/, '')).sort()).toEqual([
      'SchedulesEncoderReading',
      'SchedulesPendingWork',
      'SchedulesRanking',
      'SchedulesReconciliation',
      'SchedulesResourceSweep',
    ]);
  });

  // DynamoDB, CloudWatch Logs and Secrets Manager always encrypt, so they are not listed.
  test.each([
    ['AWS::S3::Bucket', 'BucketEncryption'],
    ['AWS::SQS::Queue', 'SqsManagedSseEnabled'],
    ['AWS::SNS::Topic', 'KmsMasterKeyId'],
  ])('each %s is encrypted', (type, property) => {
    expect(ofType(type).length).toBeGreaterThan(0);
    for (const { Properties } of ofType(type)) expect(Properties[property]).toBeTruthy();
  });

  test('buckets, queues and topics refuse requests without TLS, and so does CloudFront, which redirects to pages', () => {
    const refusing = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap(
      ofType,
    );
    const policed = ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic'].flatMap(ofType);
    expect(refusing).toHaveLength(policed.length);
    for (const { Properties } of refusing)
      expect(statementsIn(Properties)).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    const { CacheBehaviors, DefaultCacheBehavior } = Object(
      onlyResource(template, 'AWS::CloudFront::Distribution').Properties['DistributionConfig'],
    );
    const policies = [CacheBehaviors, DefaultCacheBehavior].map(behaviors => [
      ...new Set(listed(behaviors).map(behavior => Object(behavior).ViewerProtocolPolicy)),
    ]);
    const hasPages = variant !== 'apiOnly';
    expect(policies).toEqual([['https-only'], [hasPages ? 'redirect-to-https' : 'https-only']]);
  });

  test('no resource has a fixed name that another stack could use', () => {
    const naming = all.flatMap(({ logicalId, Type, Properties }) =>
      Object.entries(Properties)
        .filter(([key, value]) => /Name$/.test(key) && typeof value === 'string')
        .map(([key, value]) => `${Type} ${logicalId} ${key} ${String(value)}`),
    );
    // APIs are identified by id, policies belong to a role, and the others are names of other resources.
    const harmless =
      /^AWS::(ApiGatewayV2::(Api|Stage)|IAM::Policy|CloudWatch::Alarm \w+ MetricName|ECS::\w+|EC2::VPCEndpoint|ApplicationAutoScaling::\w+)/;
    expect(naming.filter(text => !harmless.test(text))).toEqual([]);
  });

  test('no output and no environment variable contains a secret', () => {
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

test.each(['dev', 'prod', 'apiOnly', 'extras'] as const)(
  '%s has no network, and nothing that costs money by the hour',
  variant => {
    const types = new Set(Object.values(templateOf(variant).Resources).map(({ Type }) => Type));
    expect(
      [...types].filter(type => /^AWS::(EC2|ECS|ElasticLoadBalancing\w*|RDS|ElastiCache)::/.test(type)),
    ).toEqual([]);
  },
);

test('resources with data are retained in prod, and deleted with the stack in dev', () => {
  const policiesOf = (variant: 'dev' | 'prod') =>
    Object.values(templateOf(variant).Resources)
      .filter(({ Type }) => stateful.has(Type))
      .map(({ DeletionPolicy }) => DeletionPolicy);
  expect(policiesOf('prod').length).toBeGreaterThan(stateful.size);
  expect(new Set(policiesOf('prod'))).toEqual(new Set(['Retain']));
  expect(new Set(policiesOf('dev'))).toEqual(new Set(['Delete']));
});

test('a second stack with the same settings differs only in names', () => {
  // The template of `extras` comes from an app with two stacks.
  const { template } = synthesizedOf('extras');
  expect(Object.keys(template.Resources).length).toBeGreaterThan(200);
  expect(JSON.stringify(template)).not.toMatch(/Beside|UGC-dev|Fn::ImportValue/);
  for (const output of Object.values(template.Outputs)) expect(output.Export).toBeUndefined();
});

test('every function sends traces if tracing is on, and none otherwise', () => {
  const tracing = (variant: 'dev' | 'extras') =>
    resourcesOf(templateOf(variant), 'AWS::Lambda::Function').flatMap(
      ({ Properties }) => Properties['TracingConfig'] ?? [],
    );
  expect(tracing('dev')).toEqual([]);
  expect(tracing('extras').length).toBeGreaterThan(10);
});
