import { CfnResource, Stack } from 'aws-cdk-lib';
import { CfnPolicy, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageSettings } from '../config/stageSettings.ts';
import { logGroup } from './logs.ts';

/** Where CDK puts the function that empties the buckets of a stack before they are deleted. */
const PROVIDER = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

/**
 * Has the function that CDK adds for a bucket with `autoDeleteObjects` write its log to a group of the stack's, and to
 * no other. Left alone it may write to every group of the account, and leaves one behind that nobody deletes.
 *
 * S3 deletes no bucket that holds anything, and CloudFormation empties none: without the function, a stage that may
 * lose its data could not be destroyed.
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
