import { describe, expect, test } from '@jest/globals';
import { eventRetry, handledDetailTypes } from '../../model/eventPattern.ts';
import { functionOf, functionsOf } from './support/functions.ts';
import { getAtt, onlyResourceIn, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf();
const postStreamEvents = functionOf(functionsOf(template), 'postStreamEvents');
const queue = onlyResourceIn(template, 'StreamEvents', 'AWS::SQS::Queue');
const deadLetters = getAtt(queue.logicalId, 'Arn');

const rules = resourcesOf(template, 'AWS::Events::Rule');
const ruleWith = (property: string) => {
  const [rule, ...others] = rules.filter(({ Properties }) => property in Properties);
  if (rule === undefined || others.length > 0) throw new Error(`not exactly one rule has ${property}`);
  return rule;
};
const asyncInvocationOf = (logicalId: string) =>
  resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').find(
    ({ Properties }) => JSON.stringify(Properties['FunctionName']) === JSON.stringify({ Ref: logicalId }),
  );

describe('stream events', () => {
  test('the rule matches by source and detail-type', () => {
    expect(ruleWith('EventPattern').Properties['EventPattern']).toEqual({
      source: ['aws.ivs'],
      'detail-type': [...handledDetailTypes],
    });
  });

  test('the rule has one target, with limited retries and a dead-letter queue', () => {
    expect(ruleWith('EventPattern').Properties['Targets']).toEqual([
      {
        Id: expect.any(String),
        Arn: getAtt(postStreamEvents.logicalId, 'Arn'),
        RetryPolicy: {
          MaximumRetryAttempts: eventRetry.maxAttempts,
          MaximumEventAgeInSeconds: eventRetry.maxAgeHours * 3600,
        },
        DeadLetterConfig: { Arn: deadLetters },
      },
    ]);
  });

  test('an event that fails in the function again and again goes to the same queue', () => {
    expect(asyncInvocationOf(postStreamEvents.logicalId)?.Properties).toMatchObject({
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: eventRetry.maxAgeHours * 3600,
      DestinationConfig: { OnFailure: { Destination: deadLetters } },
    });
  });

  test('dead letters are kept for 14 days, encrypted, and sent over TLS only', () => {
    expect(queue.Properties).toMatchObject({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
    expect(onlyResourceIn(template, 'StreamEvents', 'AWS::SQS::QueuePolicy').Properties).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Effect: 'Deny',
            Action: 'sqs:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          expect.objectContaining({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: {
              ArnEquals: { 'aws:SourceArn': getAtt(ruleWith('EventPattern').logicalId, 'Arn') },
            },
          }),
        ]),
      },
    });
  });

  test('only the rule calls the function', () => {
    const permissions = resourcesOf(template, 'AWS::Lambda::Permission').filter(({ Properties }) =>
      JSON.stringify(Properties['FunctionName']).includes(postStreamEvents.logicalId),
    );
    expect(permissions.map(({ Properties }) => Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: getAtt(postStreamEvents.logicalId, 'Arn'),
        Principal: 'events.amazonaws.com',
        SourceArn: getAtt(ruleWith('EventPattern').logicalId, 'Arn'),
      },
    ]);
  });
});
