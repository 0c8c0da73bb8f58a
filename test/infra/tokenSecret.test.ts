import { describe, expect, test } from '@jest/globals';
import { functionOf, functionsOf } from './support/functions.ts';
import { getAtt, onlyResource, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf();
const rotateSecret = functionOf(functionsOf(template), 'rotateSecret');
const schedule = onlyResource(template, 'AWS::SecretsManager::RotationSchedule');

describe('the secret that signs access tokens', () => {
  test('is the one that the functions read, and is rotated by rotateSecret at the interval of the stage', () => {
    const secretId = schedule.Properties['SecretId'];
    expect(schedule.Properties).toEqual({
      SecretId: { Ref: expect.any(String) },
      RotationLambdaARN: getAtt(rotateSecret.logicalId, 'Arn'),
      RotationRules: { ScheduleExpression: 'rate(30 days)' },
    });
    const readers = resourcesOf(template, 'AWS::Lambda::Function').flatMap(
      ({ Properties }) => Object(Object(Properties['Environment']).Variables)['TOKEN_SECRET_ID'] ?? [],
    );
    expect(readers.length).toBeGreaterThan(1);
    for (const reader of readers) expect(reader).toEqual(secretId);
  });

  test('can be rotated only by Secrets Manager, in this account and for this secret', () => {
    const permissions = resourcesOf(template, 'AWS::Lambda::Permission').filter(({ Properties }) =>
      JSON.stringify(Properties['FunctionName']).includes(rotateSecret.logicalId),
    );
    expect(permissions.map(({ Properties }) => Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: getAtt(rotateSecret.logicalId, 'Arn'),
        Principal: 'secretsmanager.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
        SourceArn: schedule.Properties['SecretId'],
      },
    ]);
  });

  test('is rotated for the first time after the permissions are in place', () => {
    const needed = [
      ...resourcesOf(template, 'AWS::Lambda::Permission'),
      ...resourcesOf(template, 'AWS::IAM::Policy'),
    ].filter(({ logicalId }) => logicalId.startsWith('TokenRotation'));
    expect(needed).toHaveLength(2);
    expect(schedule.DependsOn).toEqual(expect.arrayContaining(needed.map(({ logicalId }) => logicalId)));
  });
});
