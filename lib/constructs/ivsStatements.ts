import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { STACK_TAG } from '../../model/functionEnvironment.ts';
import { suppressNagWildcard } from './nagSuppressions.ts';

/** The actions that set tags. IVS also authorizes a create with tags as TagResource. */
const tagging: ReadonlySet<string> = new Set([
  'CreateChannel',
  'CreateStreamKey',
  'CreateRoom',
  'CreateStage',
  'TagResource',
]);

/**
 * Returns the statements that allow a function of the stack to perform `actions` on IVS resources of a kind.
 * The resources are created at run time, so the template cannot name them: a tag identifies the stack that
 * owns them.
 *
 * Actions that set tags must set this stack's tag. No action is allowed on a resource with another stack's
 * tag. A resource without the tag is allowed, for three reasons: a deleted resource has no tags, and a
 * function that deletes must get "not found" instead of "forbidden"; a resource that is being created has no
 * tags yet; and it is not documented that a channel's automatic stream key inherits the channel's tags.
 *
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoninteractivevideoservice.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoninteractivevideoservicechat.html
 */
export function ivsStatements(scope: Construct, kind: string, actions: readonly string[]): PolicyStatement[] {
  const stack = Stack.of(scope);
  const service = kind === 'room' ? 'ivschat' : 'ivs';
  const everyOne = stack.formatArn({ service, resource: kind, resourceName: '*' });
  suppressNagWildcard(
    scope,
    everyOne,
    'The resources are created at run time: a tag condition restricts the access.',
  );
  const notOthers = { StringEqualsIfExists: { [`aws:ResourceTag/${STACK_TAG}`]: stack.stackName } };
  const asOurs = { StringEquals: { [`aws:RequestTag/${STACK_TAG}`]: stack.stackName } };
  const statements = [
    { conditions: { ...notOthers, ...asOurs }, actions: actions.filter(action => tagging.has(action)) },
    { conditions: notOthers, actions: actions.filter(action => !tagging.has(action)) },
  ];
  return statements
    .filter(statement => statement.actions.length > 0)
    .map(
      statement =>
        new PolicyStatement({
          actions: statement.actions.map(action => `${service}:${action}`),
          resources: [everyOne],
          conditions: statement.conditions,
        }),
    );
}
