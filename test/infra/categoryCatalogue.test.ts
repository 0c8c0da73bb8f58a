import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { catalogue } from '../../model/categories.ts';
import { functionOf, functionsOf, providerOf } from './support/functions.ts';
import { getAtt, onlyResource, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf();
const seedCategories = functionOf(functionsOf(template), 'seedCategories');
const provider = providerOf(template);
const resource = onlyResource(template, 'AWS::CloudFormation::CustomResource');

describe('the categories of the stack', () => {
  test('are written by each deployment that changes them, which fails without an answer in five minutes', () => {
    const digest = createHash('sha256').update(JSON.stringify(catalogue)).digest('hex');
    expect(resource.Properties).toEqual({
      ServiceToken: getAtt(provider.logicalId, 'Arn'),
      ServiceTimeout: '300',
      digest,
    });
  });

  test('are written after the function has its permissions', () => {
    const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(({ logicalId }) =>
      logicalId.startsWith('CategoryCatalogueSeedCategories'),
    );
    expect(policies).toHaveLength(1);
    expect(resource.DependsOn).toEqual(
      expect.arrayContaining([...policies.map(({ logicalId }) => logicalId), seedCategories.logicalId]),
    );
  });

  test("the custom resource's provider may only call this function, and its log is deleted with the stack", () => {
    const role = onlyRole(provider.Properties['Role']);
    const [policy] = resourcesOf(template, 'AWS::IAM::Policy').filter(({ Properties }) =>
      JSON.stringify(Properties['Roles']).includes(role),
    );
    const actions = JSON.stringify(policy?.Properties).match(/"\w+:[A-Z]\w+"/g);
    expect(new Set(actions)).toEqual(
      new Set(
        ['logs:CreateLogStream', 'logs:PutLogEvents', 'lambda:InvokeFunction', 'lambda:GetFunction'].map(
          action => JSON.stringify(action),
        ),
      ),
    );
    const { LogGroup } = Object(provider.Properties['LoggingConfig']);
    const logGroup = resourcesOf(template, 'AWS::Logs::LogGroup').find(
      ({ logicalId }) => logicalId === LogGroup.Ref,
    );
    expect(logGroup).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 7 } });
  });
});

/** The logical id of the role in an `Fn::GetAtt`. */
function onlyRole(role: unknown): string {
  const [id] = Object(role)['Fn::GetAtt'];
  return String(id);
}
