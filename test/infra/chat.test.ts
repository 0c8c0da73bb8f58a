import { describe, expect, test } from '@jest/globals';
import { eventRetry } from '../../model/eventPattern.ts';
import { functionOf, functionsOf } from './support/functions.ts';
import { deployed, resolve, resolveString } from './support/resolve.ts';
import { getAtt, onlyResource, onlyResourceIn, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf();
const functions = functionsOf(template);
const users = functionOf(functions, 'users');
const logging = onlyResource(template, 'AWS::IVSChat::LoggingConfiguration');
const subscription = onlyResource(template, 'AWS::Logs::SubscriptionFilter');

const permissionsOf = (logicalId: string) =>
  resourcesOf(template, 'AWS::Lambda::Permission')
    .filter(({ Properties }) => JSON.stringify(Properties['FunctionName']).includes(logicalId))
    .map(({ Properties }) => Properties);

describe('the review of chat messages', () => {
  const moderateChat = functionOf(functions, 'moderateChat');

  test('is attached to every new room, with the fallback of the stage', () => {
    const uri = users.Environment.Variables['CHAT_REVIEW_HANDLER_ARN'];
    expect(uri).toBe(resolve(template, getAtt(moderateChat.logicalId, 'Arn')));
    // The form of an ARN in the IVS Chat API. CloudFormation names of functions have at most 64 characters.
    expect(uri).toMatch(/^arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:function:.+/);
    expect('arn:aws:lambda:ap-northeast-1:123456789012:function:'.length + 64).toBeLessThanOrEqual(170);
    expect(users.Environment.Variables['CHAT_REVIEW_FALLBACK']).toBe('ALLOW');
  });

  test('has a whole vCPU, and can be called by rooms of this account and Region only', () => {
    expect(moderateChat.MemorySize).toBeGreaterThanOrEqual(1769);
    expect(moderateChat.Timeout).toBe(1);
    const [permission, ...others] = permissionsOf(moderateChat.logicalId);
    expect(others).toEqual([]);
    expect(resolve(template, permission)).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: resolve(template, getAtt(moderateChat.logicalId, 'Arn')),
      Principal: 'ivschat.amazonaws.com',
      SourceAccount: deployed.account,
      SourceArn: `arn:aws:ivschat:${deployed.region}:${deployed.account}:room/*`,
    });
  });
});

describe('the log of chat', () => {
  const archiveChat = functionOf(functions, 'archiveChat');
  const queue = onlyResourceIn(template, 'ChatLog', 'AWS::SQS::Queue');
  const group = resolveString(template, subscription.Properties['LogGroupName']);

  test('receives the messages of every new room, and is read from its first line on', () => {
    expect(users.Environment.Variables['CHAT_LOGGING_CONFIGURATION_ARN']).toBe(
      resolve(template, getAtt(logging.logicalId, 'Arn')),
    );
    expect(logging.Properties).toEqual({
      DestinationConfiguration: { CloudWatchLogs: { LogGroupName: { Ref: group } } },
    });
    expect(logging.DependsOn).toContain(subscription.logicalId);
  });

  test('goes line by line to archiveChat, and nothing else calls that', () => {
    expect(subscription.Properties).toEqual({
      DestinationArn: getAtt(archiveChat.logicalId, 'Arn'),
      FilterPattern: '',
      LogGroupName: { Ref: group },
    });
    expect(permissionsOf(archiveChat.logicalId)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: getAtt(archiveChat.logicalId, 'Arn'),
        Principal: 'logs.amazonaws.com',
        SourceArn: getAtt(group, 'Arn'),
      },
    ]);
  });

  test('keeps batches that archiveChat cannot handle for 14 days, encrypted, and sent over TLS only', () => {
    const asynchronous = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').find(
      ({ Properties }) =>
        JSON.stringify(Properties['FunctionName']) === JSON.stringify({ Ref: archiveChat.logicalId }),
    );
    expect(asynchronous?.Properties).toMatchObject({
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: eventRetry.maxAgeHours * 3600,
      DestinationConfig: { OnFailure: { Destination: getAtt(queue.logicalId, 'Arn') } },
    });
    expect(queue.Properties).toMatchObject({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
    expect(onlyResourceIn(template, 'ChatLog', 'AWS::SQS::QueuePolicy').Properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        ],
      },
    });
  });

  test('is kept as long as a dead letter', () => {
    expect(template.Resources[group]?.Properties['RetentionInDays']).toBe(eventRetry.deadLetterDays);
  });
});

test('an output names the chat endpoint for clients', () => {
  const endpoint = `wss://edge.ivschat.${deployed.region}.amazonaws.com`;
  expect(functionOf(functions, 'chat').Environment.Variables['CHAT_ENDPOINT']).toBe(endpoint);
  expect(resolve(template, template.Outputs['ChatEndpoint']?.Value)).toBe(endpoint);
});
