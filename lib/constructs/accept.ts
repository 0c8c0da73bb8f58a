import { Stack, Validations } from 'aws-cdk-lib';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';

/**
 * Says that what a rule of cdk-nag finds on `construct`, or on a resource within it, is meant to be so, and why. A
 * finding that nobody has accepted fails the synth; an acceptance that nothing needs fails a test.
 */
export function accept(construct: IConstruct, rule: `AwsSolutions-${string}`, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}

/** The same for a policy within `construct` that allows something on `resource`, which has an asterisk. */
export function acceptWildcard(construct: IConstruct, resource: string, reason: string): void {
  // cdk-nag has a finding for each resource, named as it writes references.
  const written = flattenCfnReference(Stack.of(construct).resolve(resource));
  accept(construct, `AwsSolutions-IAM5[Resource::${written}]`, reason);
}
