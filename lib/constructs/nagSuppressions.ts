import { Stack, Validations } from 'aws-cdk-lib';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';

/**
 * Suppresses the findings of a cdk-nag rule on `construct` and the resources within it, for a stated reason. A
 * finding that is not suppressed fails the synthesis. A suppression without a finding fails a test.
 */
export function suppressNag(construct: IConstruct, rule: `AwsSolutions-${string}`, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}

/**
 * Suppresses the finding for a policy within `construct` that allows actions on `resource`, which contains a
 * wildcard.
 */
export function suppressNagWildcard(construct: IConstruct, resource: string, reason: string): void {
  // cdk-nag reports one finding per resource, and names it in its own notation.
  const written = flattenCfnReference(Stack.of(construct).resolve(resource));
  suppressNag(construct, `AwsSolutions-IAM5[Resource::${written}]`, reason);
}
