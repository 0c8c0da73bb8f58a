import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { STACK_TAG } from '../../model/functionEnvironment.ts';
import { acceptWildcard } from './accept.ts';

/** What gives a resource its tags. A create that brings tags is authorized as TagResource, too. */
const tagging: ReadonlySet<string> = new Set([
  'CreateChannel',
  'CreateStreamKey',
  'CreateRoom',
  'CreateStage',
  'TagResource',
]);

/**
 * What lets a function of `scope`'s stack take `actions` on IVS resources of a kind. They are made while the app
 * runs, so no template can name them: a tag tells whose they are.
 *
 * What gives tags must give this stack's. And nothing touches what has another stack's tag. A resource without
 * the tag is let through, for three reasons: one that is already gone has no tags, and a function that deletes
 * must hear that it is not there, not that it is forbidden; one that is being made has none yet; and the stream
 * key that comes with a channel is not documented to take over the channel's.
 *
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoninteractivevideoservice.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoninteractivevideoservicechat.html
 */
export function ivsStatements(scope: Construct, kind: string, actions: readonly string[]): PolicyStatement[] {
  const stack = Stack.of(scope);
  const service = kind === 'room' ? 'ivschat' : 'ivs';
  const everyOne = stack.formatArn({ service, resource: kind, resourceName: '*' });
  acceptWildcard(scope, everyOne, 'They are made while the app runs: the tag says which are meant.');
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
