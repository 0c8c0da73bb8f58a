import { describe, expect, test } from '@jest/globals';
import {
  CURSOR_SECRET_VARIABLE,
  IMAGES_BUCKET_VARIABLE,
  ORIGIN_SECRET_VARIABLE,
  STACK_TAG,
  TOKEN_SECRET_VARIABLE,
} from '../../model/functionEnvironment.ts';
import { BACKGROUND_MEMORY_MB, resourceFunctions, functionSpecs as specs } from '../../model/functions.ts';
import { tableNames } from '../../model/tables.ts';
import { tableVariable } from '../../model/tableVariable.ts';
import { type DeployedFunction, functionOf, functionsOf, type Statement } from './support/functions.ts';
import { deployed, resolveString } from './support/resolve.ts';
import { onlyResource, onlyResourceIn, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf();
const functions = functionsOf(template);
const services = functions.map(({ service }) => service);

const inAccount = (service: string, rest: string) =>
  `arn:${deployed.partition}:${service}:${deployed.region}:${deployed.account}:${rest}`;

/** Every action that a role allows on every resource, as `action resource`. */
const allowed = ({ statements }: DeployedFunction) =>
  statements.flatMap(({ Action, Resource }) =>
    Action.flatMap(action => Resource.map(resource => `${action} ${resource}`)),
  );

const streamActions = ['DescribeStream', 'GetRecords', 'GetShardIterator'];

const rotation = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];

/** The secret that is rotated. */
const tokenSecret = resolveString(
  template,
  onlyResource(template, 'AWS::SecretsManager::RotationSchedule').Properties['SecretId'],
);

/** The actions that a function's spec allows, without its own logs and dead letters. */
function specified(fn: DeployedFunction): string[] {
  const {
    tables,
    ivs = {},
    images = {},
    cursors,
    tokens,
    addresses,
    ingestMetrics,
  } = specs[fn.service] ?? { tables: {} };
  const imagesBucket = `arn:${deployed.partition}:s3:::${fn.Environment.Variables[IMAGES_BUCKET_VARIABLE]}`;
  const perTable = tableNames.flatMap(name => {
    const grant = tables[name];
    const table = inAccount('dynamodb', `table/${fn.Environment.Variables[tableVariable(name)]}`);
    return [
      ...(grant?.actions ?? []).map(action => `dynamodb:${action} ${table}`),
      ...(grant?.indexes ?? []).map(index => `dynamodb:Query ${table}/index/${index}`),
      ...(grant?.stream ? streamActions : []).map(
        action => `dynamodb:${action} ${table}/stream/2026-01-15T10:00:00.000`,
      ),
    ];
  });
  const cursorSecret = fn.Environment.Variables[CURSOR_SECRET_VARIABLE];
  const originSecret = fn.Environment.Variables[ORIGIN_SECRET_VARIABLE];
  return [
    ...perTable,
    ...Object.entries(ivs).flatMap(([kind, actions]) => {
      const service = kind === 'room' ? 'ivschat' : 'ivs';
      return actions.map(action => `${service}:${action} ${inAccount(service, `${kind}/*`)}`);
    }),
    ...Object.entries(images).flatMap(([prefix, actions]) =>
      actions.map(action => `s3:${action} ${imagesBucket}/${prefix}/*`),
    ),
    ...(cursors ? [`secretsmanager:GetSecretValue ${cursorSecret}`] : []),
    ...(tokens ? [`secretsmanager:GetSecretValue ${tokenSecret}`] : []),
    ...(ingestMetrics ? ['cloudwatch:GetMetricData *'] : []),
    ...(addresses ? [`secretsmanager:GetSecretValue ${originSecret}`] : []),
    ...(fn.service === 'announce' ? ['dynamodb:ListStreams *'] : []),
    ...(fn.service === 'rotateSecret' ? rotation : []).map(
      action => `secretsmanager:${action} ${tokenSecret}`,
    ),
  ];
}

/** The functions whose failed events go to a queue, with the construct of that queue. */
const failing: Readonly<Record<string, string>> = {
  postStreamEvents: 'StreamEvents',
  archiveChat: 'ChatLog',
  announce: 'Announcements',
};

const failureDestination = (service: string) => {
  const construct = failing[service];
  if (construct === undefined) return [];
  const queue = inAccount('sqs', onlyResourceIn(template, construct, 'AWS::SQS::Queue').logicalId);
  return ['SendMessage', 'GetQueueAttributes', 'GetQueueUrl'].map(action => `sqs:${action} ${queue}`);
};

describe('functions', () => {
  test('there is one for each spec, and no other', () => {
    expect([...services].sort()).toEqual(Object.keys(specs).sort());
  });

  test.each(services)('%s runs on Node 24 and arm64 and logs JSON', service => {
    expect(functionOf(functions, service)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG' },
    });
  });

  test.each(services)('%s has the memory of its spec, or 512 MB', service => {
    expect(functionOf(functions, service).MemorySize).toBe(specs[service]?.memoryMb ?? BACKGROUND_MEMORY_MB);
  });

  test.each(Object.keys(resourceFunctions))('%s has 1,024 MB, unless nobody waits for it', service => {
    const isBackground = ['system', 'viewers'].includes(service);
    expect(functionOf(functions, service).MemorySize).toBe(isBackground ? BACKGROUND_MEMORY_MB : 1024);
  });

  test('the function that hashes passwords has 1,024 MB', () => {
    for (const service of ['users', 'sessions']) expect(specs[service]?.memoryMb).toBe(1024);
  });

  test.each(services)('%s may do what its spec says, write its own log, and nothing else', service => {
    const fn = functionOf(functions, service);
    const log = inAccount('logs', `log-group:${fn.LoggingConfig.LogGroup}:*`);
    const expected = [
      ...specified(fn),
      `logs:CreateLogStream ${log}`,
      `logs:PutLogEvents ${log}`,
      ...failureDestination(service),
    ];
    expect(allowed(fn).sort()).toEqual(expected.sort());
    expect(fn.statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
  });

  test.each(services)('%s has variables for exactly the tables in its spec', service => {
    const { Variables } = functionOf(functions, service).Environment;
    const told = Object.keys(Variables).filter(key => key.endsWith('_TABLE'));
    const named = tableNames.filter(name => specs[service]?.tables[name] !== undefined);
    expect(told.sort()).toEqual(named.map(tableVariable).sort());
  });

  test('no action has a wildcard, and resources have one only for IVS resources of one kind, objects below one prefix, log streams of one group, metrics and the list of streams', () => {
    const wildcards = functions.flatMap(allowed).filter(text => text.includes('*'));
    const tolerated =
      /^(ivs:\w+ arn:[\w:-]+:(channel|stream-key|stage)\/\*|ivschat:\w+ arn:[\w:-]+:room\/\*|s3:\w+ arn:aws:s3:::Images\w+\/(uploads|images)\/\*|logs:\w+ arn:[\w:-]+:log-group:\w+:\*|dynamodb:ListStreams \*|cloudwatch:GetMetricData \*)$/;
    expect(wildcards.filter(text => !tolerated.test(text))).toEqual([]);
    expect(wildcards.length).toBeGreaterThan(0);
  });

  test('no role has a managed or an inline policy', () => {
    const roles = resourcesOf(template, 'AWS::IAM::Role');
    // One per function, one for the custom resource's provider, one for the function that empties the buckets,
    // and one for the function that uploads the web app.
    expect(roles).toHaveLength(functions.length + 3);
    for (const { Properties } of roles) expect(Object.keys(Properties)).toEqual(['AssumeRolePolicyDocument']);
  });

  test('only the functions that sign or verify with a secret have its ARN', () => {
    const knowing = (variable: string) =>
      functions.filter(fn => variable in fn.Environment.Variables).map(({ service }) => service);
    const served = (secret: 'cursors' | 'tokens' | 'addresses') =>
      Object.keys(specs).filter(service => specs[service]?.[secret]);
    expect(knowing(CURSOR_SECRET_VARIABLE).sort()).toEqual(served('cursors').sort());
    expect(knowing(TOKEN_SECRET_VARIABLE).sort()).toEqual(served('tokens').sort());
    expect(knowing(ORIGIN_SECRET_VARIABLE).sort()).toEqual(served('addresses').sort());
  });

  test.each(services)(
    '%s has the ARNs and URLs that its spec names in its environment, and no others',
    service => {
      const spec = specs[service];
      const told = Object.keys(functionOf(functions, service).Environment.Variables);
      const surroundings = [
        ...(spec?.recordings ? ['RECORDINGS_URL'] : []),
        ...(spec?.chatEndpoint ? ['CHAT_ENDPOINT'] : []),
        ...(spec?.attachments
          ? [
              'CHAT_LOGGING_CONFIGURATION_ARN',
              'CHAT_REVIEW_FALLBACK',
              'CHAT_REVIEW_HANDLER_ARN',
              'RECORDING_CONFIGURATION_ARN',
            ]
          : []),
        ...(spec?.reviewFallback ? ['CHAT_REVIEW_FALLBACK'] : []),
      ];
      expect(told.filter(key => /^(CHAT_(?!.*_TABLE)|RECORDING)/.test(key)).sort()).toEqual(
        surroundings.sort(),
      );
    },
  );

  test('metrics and logs have the stack and the service', () => {
    for (const { service, Environment } of functions) {
      expect(Environment.Variables).toMatchObject({
        POWERTOOLS_SERVICE_NAME: service,
        POWERTOOLS_METRICS_NAMESPACE: 'UGC-dev',
        POWERTOOLS_LOG_LEVEL: 'DEBUG',
      });
    }
  });

  test('the environment has the stack name and the partner threshold', () => {
    for (const { Environment } of functions) {
      expect(Environment.Variables).toMatchObject({ STACK_NAME: 'UGC-dev', PARTNER_FOLLOWERS: '3' });
    }
    const [prod] = functionsOf(templateOf('prod'));
    expect(prod?.Environment.Variables).toMatchObject({ STACK_NAME: 'UGC-prod', PARTNER_FOLLOWERS: '100' });
  });
});

describe('IVS resources', () => {
  const statements = functions
    .flatMap(fn => fn.statements)
    .filter(({ Action }) => Action.some(action => /^ivs(chat)?:/.test(action)));
  const makes = ({ Action }: Statement) =>
    Action.some(action => /:(TagResource|Create(Channel|StreamKey|Room|Stage))$/.test(action));
  const notOthers = { StringEqualsIfExists: { [`aws:ResourceTag/${STACK_TAG}`]: 'UGC-dev' } };
  const asOurs = { StringEquals: { [`aws:RequestTag/${STACK_TAG}`]: 'UGC-dev' } };

  test('of another stack cannot be used by any function', () => {
    for (const { Condition } of statements) expect(Condition).toMatchObject(notOthers);
    expect(statements.length).toBeGreaterThan(0);
  });

  test('get the tag of this stack when they are created', () => {
    const making = statements.filter(makes);
    for (const { Condition } of making) expect(Condition).toEqual({ ...notOthers, ...asOurs });
    expect(making.length).toBeGreaterThan(0);
  });

  test('are checked only for a tag by calls that create nothing', () => {
    for (const { Condition } of statements.filter(statement => !makes(statement)))
      expect(Condition).toEqual(notOthers);
  });
});
