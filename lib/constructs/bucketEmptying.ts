import { CfnResource, Stack } from 'aws-cdk-lib';
import { CfnPolicy, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageSettings } from '../config/stageSettings.ts';
import { logGroup } from './logs.ts';

/** The id of the function with which CDK empties a stack's buckets before they are deleted. */
const PROVIDER = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

/**
 * Gives the function that CDK adds for `autoDeleteObjects` a log group of the stack, and no access to others.
 * By default the function may write to every log group of the account, and leaves one that is never deleted.
 *
 * S3 does not delete a bucket with objects, and CloudFormation does not empty it: without the function, a
 * stage without retained data could not be destroyed.
 */
export class BucketEmptying extends Construct {
  constructor(scope: Construct, id: string, settings: StageSettings) {
    super(scope, id);
    const handler = providerResource(this, 'Handler');
    const role = providerResource(this, 'Role');
    const logs = logGroup(this, 'Logs', settings);
    const writing = new CfnPolicy(this, 'WriteLogs', {
      policyName: 'WriteLogs',
      policyDocument: new PolicyDocument({
        statements: [
          new PolicyStatement({
            effect: Effect.ALLOW,
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [logs.logGroupArn],
          }),
        ],
      }),
      roles: [role.ref],
    });
    role.addPropertyDeletionOverride('ManagedPolicyArns');
    handler.addPropertyOverride('LoggingConfig', { LogFormat: 'JSON', LogGroup: logs.logGroupName });
    handler.addResourceDependency(writing);
  }
}

function providerResource(scope: Construct, id: string): CfnResource {
  const found = Stack.of(scope).node.findChild(PROVIDER).node.findChild(id);
  if (!(found instanceof CfnResource)) throw new Error(`${found.node.path} is not a resource`);
  return found;
}
