import { describe, expect, test } from '@jest/globals';
import {
  CURSOR_SECRET_VARIABLE,
  type FunctionSpec,
  postStreamEventsFunction,
  reconcileFunction,
  resourceFunctions,
} from '../../model/functions.ts';
import { tableNames, tableVariable } from '../../model/tables.ts';
import { type DeployedFunction, functionOf, functionsOf } from './support/functions.ts';
import { deployed } from './support/resolve.ts';
import { templateOf } from './support/synthesize.ts';
import { onlyResource, resourcesOf } from './support/template.ts';

const template = templateOf();
const functions = functionsOf(template);
const services = functions.map(({ service }) => service);

const specs: Record<string, FunctionSpec> = {
  ...resourceFunctions,
  postStreamEvents: postStreamEventsFunction,
  reconcile: reconcileFunction,
};

const inAccount = (service: string, rest: string) =>
  `arn:${deployed.partition}:${service}:${deployed.region}:${deployed.account}:${rest}`;

/** Every action a role allows on every resource, as `action resource`. */
const allowed = ({ statements }: DeployedFunction) =>
  statements.flatMap(({ Action, Resource }) =>
    Action.flatMap(action => Resource.map(resource => `${action} ${resource}`)),
  );

/** What a function's spec says it may do, apart from its own logs and dead letters. */
function specified(fn: DeployedFunction): string[] {
  const { tables, ivs = {}, cursors } = specs[fn.service] ?? { tables: {} };
  const perTable = tableNames.flatMap(name => {
    const grant = tables[name];
    const table = inAccount('dynamodb', `table/${fn.Environment.Variables[tableVariable(name)]}`);
    return [
      ...(grant?.actions ?? []).map(action => `dynamodb:${action} ${table}`),
      ...(grant?.indexes ?? []).map(index => `dynamodb:Query ${table}/index/${index}`),
    ];
  });
  const secret = fn.Environment.Variables[CURSOR_SECRET_VARIABLE];
  return [
    ...perTable,
    ...Object.entries(ivs).flatMap(([kind, actions]) => {
      const service = kind === 'room' ? 'ivschat' : 'ivs';
      return actions.map(action => `${service}:${action} ${inAccount(service, `${kind}/*`)}`);
    }),
    ...(cursors ? [`secretsmanager:GetSecretValue ${secret}`] : []),
  ];
}

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

  test.each(services)('%s may do what its spec says, write its own log, and nothing else', service => {
    const fn = functionOf(functions, service);
    const log = inAccount('logs', `log-group:${fn.LoggingConfig.LogGroup}:*`);
    const deadLetters = inAccount('sqs', onlyResource(template, 'AWS::SQS::Queue').logicalId);
    const failureDestination = ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];
    const expected = [
      ...specified(fn),
      `logs:CreateLogStream ${log}`,
      `logs:PutLogEvents ${log}`,
      ...(service === 'postStreamEvents' ? failureDestination.map(action => `${action} ${deadLetters}`) : []),
    ];
    expect(allowed(fn).sort()).toEqual(expected.sort());
    expect(fn.statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
  });

  test.each(services)('%s is told of exactly the tables that its policy names', service => {
    const fn = functionOf(functions, service);
    const told = tableNames.flatMap(name => fn.Environment.Variables[tableVariable(name)] ?? []);
    const named = allowed(fn).flatMap(text => /table\/([^/]+)/.exec(text)?.[1] ?? []);
    expect(new Set(told)).toEqual(new Set(named));
    expect(Object.keys(fn.Environment.Variables).filter(key => key.endsWith('_TABLE'))).toHaveLength(
      told.length,
    );
  });

  test('no action is a wildcard, and no resource but the channels and the log streams of one group', () => {
    const wildcards = functions.flatMap(allowed).filter(text => text.includes('*'));
    const tolerated = /^(ivs:\w+ arn:[\w:-]+:channel\/\*|logs:\w+ arn:[\w:-]+:log-group:\w+:\*)$/;
    expect(wildcards.filter(text => !tolerated.test(text))).toEqual([]);
    expect(wildcards.length).toBeGreaterThan(0);
  });

  test('no role has a managed policy or an inline one', () => {
    const roles = resourcesOf(template, 'AWS::IAM::Role');
    expect(roles).toHaveLength(functions.length);
    for (const { Properties } of roles) expect(Object.keys(Properties)).toEqual(['AssumeRolePolicyDocument']);
  });

  test('only the functions that sign cursors know of the secret', () => {
    const knowing = functions.filter(fn => JSON.stringify(fn).includes('secretsmanager'));
    const signing = Object.keys(specs).filter(service => specs[service]?.cursors);
    expect(knowing.map(({ service }) => service).sort()).toEqual(signing.sort());
  });

  test('metrics and logs carry the stack and the service', () => {
    for (const { service, Environment } of functions) {
      expect(Environment.Variables).toMatchObject({
        POWERTOOLS_SERVICE_NAME: service,
        POWERTOOLS_METRICS_NAMESPACE: 'UGC-dev',
        POWERTOOLS_LOG_LEVEL: 'DEBUG',
      });
    }
  });
});
